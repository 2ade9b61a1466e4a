using Spectre.Console;

namespace Alur.Benchmarks;

/// <summary>What a benchmark found.</summary>
internal interface IFigures
{
    /// <summary>What must hold for the run to be a success; speed never is.</summary>
    bool Reached => true;

    /// <summary>One line of JSON.</summary>
    string ToJson();

    /// <summary>A table for people, with the goals.</summary>
    void Print(IAnsiConsole console);
}

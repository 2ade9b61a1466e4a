using Spectre.Console;

namespace Alur.Benchmarks;

/// <summary>What a benchmark found.</summary>
internal interface IFigures
{
    /// <summary>One line of JSON.</summary>
    string ToJson();

    /// <summary>A table for people, with the goals.</summary>
    void Print(IAnsiConsole console);
}

using System.Diagnostics.CodeAnalysis;

namespace Alur.Platform.Results;

/// <summary>Either a value or the refusal that took its place; expected failures are values, never exceptions.</summary>
[SuppressMessage("Design", "CA1000", Justification = "Both conversions are implicit; nobody writes the type argument.")]
public sealed class Result<T>
{
    private readonly T? _value;

    private Result(T? value, Error? error) => (_value, Error) = (value, error);

    /// <summary>The refusal, or null when there is a value.</summary>
    public Error? Error { get; }

    /// <summary>The value; asking for it when there is none is a bug and throws.</summary>
    public T Value => Error is null ? _value! : throw new InvalidOperationException($"No value: {Error.Code}");

    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Ok => Error is null;

    public static implicit operator Result<T>(T value) => new(value, error: null);

    public static implicit operator Result<T>(Error error) => new(value: default, error);
}

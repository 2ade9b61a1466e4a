using FsCheck;
using FsCheck.Fluent;

namespace Alur.Fuzzing;

/// <summary>One thing that parses, and what must hold for whatever it is given.</summary>
/// <param name="Name">As in <c>./alur bench fuzz</c>.</param>
/// <param name="Property">Makes the property; the same seed gives the same cases.</param>
public sealed record FuzzTarget(string Name, Func<Property> Property)
{
    /// <summary>A target whose cases are drawn by <paramref name="make"/> and made smaller by <paramref name="shrink"/> when one fails.</summary>
    internal static FuzzTarget Of<T>(string name, Func<Draw, T> make, Func<T, IEnumerable<T>> shrink, Action<T> check) =>
        new(name, () => Prop.ForAll(
            Arb.From(Gen.Choose(0, int.MaxValue).Select(seed => make(new Draw(seed))), shrink),
            value =>
            {
                check(value);
                return true;
            }));

    /// <summary>A target whose cases are texts.</summary>
    internal static FuzzTarget OfText(string name, Func<Draw, string> make, Action<string> check) => Of(name, make, Smaller.Texts, check);

    /// <inheritdoc />
    public override string ToString() => Name;
}

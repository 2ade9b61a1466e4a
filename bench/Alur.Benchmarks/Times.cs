namespace Alur.Benchmarks;

/// <summary>Of many measurements in milliseconds.</summary>
internal sealed record Times(double P50, double P99, int Count)
{
    public static Times Of(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        double At(int percent) => sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length * percent / 100, sorted.Length - 1)];
        return new Times(At(50), At(99), sorted.Length);
    }
}

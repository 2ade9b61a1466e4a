using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Delivery;

/// <summary>Positional parameters with explicit types, as preparing demands.</summary>
internal static class Sql
{
    public static NpgsqlBatchCommand Command(string text, string channel) => new NpgsqlBatchCommand(text).With(channel);

    public static NpgsqlBatchCommand Command(string text, string channel, string[] keys) =>
        Command(text, channel).With(keys, NpgsqlDbType.Array | NpgsqlDbType.Text);

    public static NpgsqlBatchCommand Command(string text, string channel, string[] keys, int[] steps) =>
        Command(text, channel, keys).With(steps, NpgsqlDbType.Array | NpgsqlDbType.Integer);

    public static NpgsqlBatchCommand With<T>(this NpgsqlBatchCommand command, T value, NpgsqlDbType type)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });
        return command;
    }

    public static NpgsqlBatchCommand With(this NpgsqlBatchCommand command, string value) => command.With(value, NpgsqlDbType.Text);

    public static NpgsqlBatchCommand With(this NpgsqlBatchCommand command, Guid value) => command.With(value, NpgsqlDbType.Uuid);

    public static NpgsqlBatchCommand With(this NpgsqlBatchCommand command, int value) => command.With(value, NpgsqlDbType.Integer);

    /// <summary>A value that may be null; null is sent as SQL NULL of the given type.</summary>
    public static NpgsqlBatchCommand WithNullable(this NpgsqlBatchCommand command, object? value, NpgsqlDbType type)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        return command;
    }
}

using System.Collections;
using System.Data.Common;

namespace Alur.MariaDb;

/// <summary>The parameters of one command, in the order of their <c>?</c> or by name.</summary>
#pragma warning disable CA1010 // DbParameterCollection fixes the shape: ADO.NET enumerates without a type.
public sealed class MariaDbParameterCollection : DbParameterCollection
#pragma warning restore CA1010
{
    private readonly List<MariaDbParameter> _parameters = [];

    internal MariaDbParameterCollection()
    {
    }

    /// <inheritdoc/>
    public override int Count => _parameters.Count;

    /// <inheritdoc/>
    public override object SyncRoot => ((ICollection)_parameters).SyncRoot;

    /// <summary>Adds a parameter made of a name (empty for a positional one) and a value.</summary>
    public MariaDbParameter AddWithValue(string name, object? value)
    {
        var parameter = new MariaDbParameter(name, value);
        _parameters.Add(parameter);
        return parameter;
    }

    /// <inheritdoc/>
    public override int Add(object value)
    {
        _parameters.Add(Checked(value));
        return _parameters.Count - 1;
    }

    /// <inheritdoc/>
    public override void AddRange(Array values)
    {
        foreach (object value in values)
            Add(value);
    }

    /// <inheritdoc/>
    public override void Clear() => _parameters.Clear();

    /// <inheritdoc/>
    public override bool Contains(object value) => IndexOf(value) >= 0;

    /// <inheritdoc/>
    public override bool Contains(string value) => IndexOf(value) >= 0;

    /// <inheritdoc/>
    public override void CopyTo(Array array, int index) => ((ICollection)_parameters).CopyTo(array, index);

    /// <inheritdoc/>
    public override IEnumerator GetEnumerator() => _parameters.GetEnumerator();

    /// <inheritdoc/>
    public override int IndexOf(object value) => value is MariaDbParameter parameter ? _parameters.IndexOf(parameter) : -1;

    /// <inheritdoc/>
    public override int IndexOf(string parameterName) => _parameters.FindIndex(parameter => parameter.IsNamed(parameterName));

    /// <inheritdoc/>
    public override void Insert(int index, object value) => _parameters.Insert(index, Checked(value));

    /// <inheritdoc/>
    public override void Remove(object value) => _parameters.Remove(Checked(value));

    /// <inheritdoc/>
    public override void RemoveAt(int index) => _parameters.RemoveAt(index);

    /// <inheritdoc/>
    public override void RemoveAt(string parameterName) => _parameters.RemoveAt(Known(parameterName));

    /// <inheritdoc/>
    protected override DbParameter GetParameter(int index) => _parameters[index];

    /// <inheritdoc/>
    protected override DbParameter GetParameter(string parameterName) => _parameters[Known(parameterName)];

    /// <inheritdoc/>
    protected override void SetParameter(int index, DbParameter value) => _parameters[index] = Checked(value);

    /// <inheritdoc/>
    protected override void SetParameter(string parameterName, DbParameter value) => _parameters[Known(parameterName)] = Checked(value);

    internal object? ValueOf(string name) => _parameters[Known(name)].Value;

    internal object?[] ValuesInOrder() => [.. _parameters.Select(parameter => parameter.Value)];

    private int Known(string name)
    {
        int index = IndexOf(name);
        return index >= 0 ? index : throw new InvalidOperationException($"The command has no parameter '{name}'.");
    }

    private static MariaDbParameter Checked(object value) =>
        value as MariaDbParameter ?? throw new InvalidCastException($"A {nameof(MariaDbParameter)} is needed, not {value?.GetType()}.");
}

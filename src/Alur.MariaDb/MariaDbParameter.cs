using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Alur.MariaDb;

/// <summary>An input value. Its MariaDB type follows from the .NET type of the value; <see cref="DbType"/> is only kept.</summary>
public sealed class MariaDbParameter : DbParameter
{
    private string _name = "";

    /// <summary>A parameter without name and value yet.</summary>
    public MariaDbParameter()
    {
    }

    /// <summary>A named parameter (<c>@name</c>; the sign may be left out), or a positional one when the name is empty.</summary>
    public MariaDbParameter(string name, object? value) => (ParameterName, Value) = (name, value);

    /// <inheritdoc/>
    public override DbType DbType { get; set; } = DbType.Object;

    /// <summary>Always <see cref="ParameterDirection.Input"/>.</summary>
    public override ParameterDirection Direction
    {
        get => ParameterDirection.Input;
        set
        {
            if (value != ParameterDirection.Input)
                throw new NotSupportedException("Only input parameters are supported.");
        }
    }

    /// <inheritdoc/>
    public override bool IsNullable { get; set; } = true;

    /// <summary>With or without the leading <c>@</c>; compared without it and without regard to case.</summary>
    [AllowNull]
    public override string ParameterName
    {
        get => _name;
        set => _name = value ?? "";
    }

    /// <inheritdoc/>
    public override int Size { get; set; }

    /// <inheritdoc/>
    [AllowNull]
    public override string SourceColumn { get; set; } = "";

    /// <inheritdoc/>
    public override bool SourceColumnNullMapping { get; set; }

    /// <summary>Null and <see cref="DBNull"/> are both NULL.</summary>
    public override object? Value { get; set; }

    /// <inheritdoc/>
    public override void ResetDbType() => DbType = DbType.Object;

    internal bool IsNamed(ReadOnlySpan<char> name) =>
        _name.AsSpan().TrimStart('@').Equals(name.TrimStart('@'), StringComparison.OrdinalIgnoreCase);
}

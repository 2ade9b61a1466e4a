using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Alur.Platform.Data;

/// <summary>Names in the database are those of the code, in small letters with underscores; whatever a module named itself stays.</summary>
internal static partial class SnakeCase
{
    /// <summary>Names every table and column that has its name by convention.</summary>
    public static void Apply(IMutableModel model)
    {
        foreach (var entity in model.GetEntityTypes())
        {
            if (entity.GetTableName() is { } table && IsConventional(((IConventionEntityType)entity).GetTableNameConfigurationSource())) entity.SetTableName(Of(table));
            foreach (var property in entity.GetProperties().Where(p => IsConventional(((IConventionProperty)p).GetColumnNameConfigurationSource())))
                property.SetColumnName(Of(property.Name));
        }
    }

    /// <summary><c>VisitTask2Id</c> becomes <c>visit_task2_id</c>, <c>QRISCode</c> <c>qris_code</c>.</summary>
    internal static string Of(string name) => Boundary().Replace(name, "_").ToLowerInvariant();

    private static bool IsConventional(ConfigurationSource? source) => source is null or ConfigurationSource.Convention;

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Boundary();
}

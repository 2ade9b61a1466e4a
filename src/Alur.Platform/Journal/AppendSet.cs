namespace Alur.Platform.Journal;

/// <summary>
/// Appends inside a statement that changes many rows of a module, so that what happened and its record can never differ. For statements that hold the lock of
/// whatever a stream is the history of: nothing is expected of a stream's version, and writers of the same stream take turns. A module registers the types all
/// the same; the program does not look at the metadata again, so the statement must build what the schema says.
/// </summary>
public static class AppendSet
{
    /// <summary>
    /// Two more CTEs of a statement, beginning with a comma. They read <c>entering(id, stream_id, nth, type, schema_version, metadata, performed_by, actor_kind)</c>:
    /// <c>id</c> from <c>journal.new_id()</c>, so <c>entering</c> must be materialized; <c>nth</c> is what the entries of one stream are put in order by. They
    /// happened now. Streams are locked in the order of their names; nothing else may be locked by the statement after them.
    /// </summary>
    public const string Sql = """
        , entering_in_order as materialized (
            select e.*, (row_number() over (partition by e.stream_id order by e.nth))::int as place, (count(*) over (partition by e.stream_id))::int as entries,
                   (dense_rank() over (order by e.stream_id collate "C"))::int as stream
            from entering e
        ), streams_moved as (
            insert into journal.streams as s (stream_id, kind, version)
            select e.stream_id, split_part(e.stream_id, ':', 1), e.entries
            from entering_in_order e
            where e.place = 1
            order by e.stream_id collate "C"
            on conflict (stream_id) do update set version = s.version + excluded.version
            returning s.stream_id, s.version
        ), versions as (
            select array_agg(m.version order by m.stream_id) as reached from streams_moved m -- an entry finds its stream's by number, however many there are
        ), entered as (
            insert into journal.entries (id, stream_id, version, type, schema_version, metadata, performed_by, actor_kind, performed_at)
            select e.id, e.stream_id, (v.reached)[e.stream] - e.entries + e.place, e.type, e.schema_version, e.metadata, e.performed_by, e.actor_kind, now()
            from entering_in_order e
            cross join versions v
            order by e.stream, e.place
        )
        """;
}

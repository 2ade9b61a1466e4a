using System.Text.Json;
using Alur.Platform.Doctor;
using Alur.Platform.Realtime;

namespace Alur.Platform.Notifications;

/// <summary>What people are told of, in the specified words (<c>project_status_change</c> is <see cref="ProjectStatusChange"/>).</summary>
public enum NotificationType
{
    /// <summary>A project went on to another state.</summary>
    ProjectStatusChange,

    /// <summary>A payment arrived.</summary>
    PaymentReceived,

    /// <summary>Those who run the installation tell something.</summary>
    SystemAnnouncement,

    /// <summary>Something needs somebody who runs the installation.</summary>
    AdminAlert,

    /// <summary>Something is due soon.</summary>
    DeadlineReminder,

    /// <summary>There is something new to use.</summary>
    NewFeature,
}

/// <summary>How urgent a notification is; a later one is more urgent.</summary>
public enum NotificationPriority
{
    /// <summary>Can wait.</summary>
    Low,

    /// <summary>As most are.</summary>
    Medium,

    /// <summary>Should be seen today.</summary>
    High,

    /// <summary>Should be seen now; nobody can switch it off.</summary>
    Critical,
}

/// <summary>The specified words of types and priorities, and what they are on the wire and for people.</summary>
internal static class NotificationWords
{
    private static readonly Dictionary<NotificationType, string> Types = Words<NotificationType>();
    private static readonly Dictionary<NotificationPriority, string> Priorities = Words<NotificationPriority>();

    /// <summary>All types, in the order of the specification.</summary>
    public static IReadOnlyList<NotificationType> AllTypes { get; } = Enum.GetValues<NotificationType>();

    /// <summary>Those that something in this program tells; of the others, which come with the module Agency, nobody is asked.</summary>
    public static IReadOnlyList<NotificationType> ToldHere { get; } = [NotificationType.SystemAnnouncement, NotificationType.NewFeature, NotificationType.AdminAlert];

    /// <summary>All priorities, the least urgent first.</summary>
    public static IReadOnlyList<NotificationPriority> AllPriorities { get; } = Enum.GetValues<NotificationPriority>();

    public static string Word(this NotificationType type) => Types[type];

    public static string Word(this NotificationPriority priority) => Priorities[priority];

    /// <summary>Null: there is no such type.</summary>
    public static NotificationType? TypeOf(string? word) => AllTypes.Where(type => type.Word() == word).Cast<NotificationType?>().FirstOrDefault();

    /// <summary>Null: there is no such priority.</summary>
    public static NotificationPriority? PriorityOf(string? word) => AllPriorities.Where(priority => priority.Word() == word).Cast<NotificationPriority?>().FirstOrDefault();

    /// <summary>As what it comes to somebody's devices.</summary>
    public static string EventType(this NotificationType type) => type switch
    {
        NotificationType.ProjectStatusChange => MessageTypes.ProjectUpdate,
        NotificationType.PaymentReceived => MessageTypes.PaymentReceived,
        NotificationType.SystemAnnouncement or NotificationType.NewFeature => MessageTypes.AdminBroadcast,
        NotificationType.AdminAlert or NotificationType.DeadlineReminder => MessageTypes.SystemAlert,
    };

    /// <summary>The place of its message among those that wait for a device: lower goes first.</summary>
    public static int QueuePriority(this NotificationPriority priority) => priority switch
    {
        NotificationPriority.Critical => MessagePriorities.Critical,
        NotificationPriority.High => MessagePriorities.High,
        NotificationPriority.Medium => MessagePriorities.Medium,
        NotificationPriority.Low => MessagePriorities.Low,
    };

    public static Words Label(this NotificationType type) => type switch
    {
        NotificationType.ProjectStatusChange => new("perubahan proyek", "project change"),
        NotificationType.PaymentReceived => new("pembayaran diterima", "payment received"),
        NotificationType.SystemAnnouncement => new("pengumuman", "announcement"),
        NotificationType.AdminAlert => new("peringatan untuk admin", "alert for admins"),
        NotificationType.DeadlineReminder => new("pengingat tenggat", "deadline reminder"),
        NotificationType.NewFeature => new("fitur baru", "new feature"),
    };

    public static Words Label(this NotificationPriority priority) => priority switch
    {
        NotificationPriority.Critical => new("kritis", "critical"),
        NotificationPriority.High => new("penting", "important"),
        NotificationPriority.Medium => new("biasa", "normal"),
        NotificationPriority.Low => new("dapat menunggu", "can wait"),
    };

    private static Dictionary<T, string> Words<T>()
        where T : struct, Enum => Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));
}

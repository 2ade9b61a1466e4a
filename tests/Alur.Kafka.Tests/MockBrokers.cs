using System.Runtime.InteropServices;
using System.Text;

namespace Alur.Kafka.Tests;

/// <summary>
/// Brokers that speak Kafka's protocol on real ports, as librdkafka brings them for tests; steered directly, without the product's client. They keep messages in
/// memory, and know transactions but fence nobody.
/// </summary>
internal sealed partial class MockBrokers : IDisposable
{
    private const string Library = "librdkafka.so.1";
    private const int Producer = 0;

    private readonly nint _client;
    private readonly nint _cluster;

    public MockBrokers(int brokers = 1)
    {
        var (settings, error) = (NewSettings(), new byte[512]);
        _ = Set(settings, "log_level", "0", error, error.Length);
        _client = NewClient(Producer, settings, error, error.Length);
        if (_client == 0) throw new InvalidOperationException(Encoding.UTF8.GetString(error).TrimEnd('\0'));
        _cluster = NewCluster(_client, brokers);
        BootstrapServers = Marshal.PtrToStringUTF8(Bootstraps(_cluster))!;
    }

    public string BootstrapServers { get; }

    public void CreateTopics(params string[] topics) => Array.ForEach(topics, topic => Done(CreateTopic(_cluster, topic, partitions: 4, replicas: 1)));

    /// <summary>The first broker closes its connections and its port.</summary>
    public void Down() => Done(SetDown(_cluster, 1));

    public void Up() => Done(SetUp(_cluster, 1));

    /// <summary>Every answer of the first broker comes this much later.</summary>
    public void Delay(TimeSpan by) => Done(SetDelay(_cluster, 1, (int)by.TotalMilliseconds));

    /// <summary>Whatever is asked about the topic is refused with this error; 0: not any more.</summary>
    public void Refuse(string topic, int error) => SetError(_cluster, topic, error);

    /// <summary>The next request of a kind is refused with this error.</summary>
    public void RefuseNext(short request, int error) => PushErrors(_cluster, request, 1, [error]);

    public void Dispose()
    {
        DestroyCluster(_cluster);
        DestroyClient(_client);
    }

    private static void Done(int error) => Assert.Equal(0, error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint NewSettings();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(nint settings, string name, string value, [Out] byte[] error, nint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    private static partial nint NewClient(int type, nint settings, [Out] byte[] error, nint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    private static partial void DestroyClient(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    private static partial nint NewCluster(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    private static partial void DestroyCluster(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint Bootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateTopic(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_set_error", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void SetError(nint cluster, string topic, int error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    private static partial void PushErrors(nint cluster, short request, nint count, int[] errors);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    private static partial int SetDown(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    private static partial int SetUp(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
    private static partial int SetDelay(nint cluster, int broker, int milliseconds);
}

using Alur.Platform.Journal;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Kafka.Tests;

public sealed class KafkaMistakesTests
{
    private static readonly EventTypes Types = new([new ModuleEventTypes("booking", [new EventType("booking.created", 1, "{}"), new EventType("booking.confirmed", 1, "{}")])]);

    public static TheoryData<string, Action<KafkaOptions>> Mistakes => new()
    {
        { "Kafka:BootstrapServers must be brokers with their ports", o => o.BootstrapServers = "kafka1.example" },
        { "Kafka:BootstrapServers must be brokers with their ports", o => o.BootstrapServers = "kafka1.example:9092, https://kafka2:1" },
        { "Kafka:ClientId must be", o => o.ClientId = "rs contoh" },
        { "Kafka:MaxMessageBytes must be between 1000 and 100000000", o => o.MaxMessageBytes = 10 },
        { "Kafka:TopicPrefix must be", o => o.TopicPrefix = "rs/" },
        { "Kafka:Topics:booking.creatd: there is no event type of this name", o => o.Topics["booking.creatd"] = "x" },
        { "Kafka:Topics:booking.created must be a topic", o => o.Topics["booking.created"] = "a topic" },
        { "Kafka:Topics:booking.created must be a topic", o => o.Topics["booking.created"] = new string('x', 250) },
        { "Kafka:SecurityProtocol must be SaslSsl", o => o.SaslUsername = "alur" },
        { "Kafka:SaslMechanism must be one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512", o => Sasl(o).SaslMechanism = "GSSAPI" },
        { "Kafka:SaslUsername is missing", o => Sasl(o).SaslUsername = "" },
        { "Kafka:SaslPassword is missing", o => Sasl(o).SaslPassword = null },
        { "Kafka:SaslMechanism PLAIN sends the password as it is", o => (Sasl(o).SecurityProtocol, o.SaslMechanism) = (KafkaProtocol.SaslPlaintext, "PLAIN") },
        { "Kafka:SslCaLocation: there is no file /nowhere/ca.pem", o => (o.SecurityProtocol, o.SslCaLocation) = (KafkaProtocol.Ssl, "/nowhere/ca.pem") },
        { "Kafka:SslCaLocation is for Kafka:SecurityProtocol Ssl or SaslSsl", o => o.SslCaLocation = "/etc/passwd" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_by_its_full_key(string message, Action<KafkaOptions> change)
    {
        var options = Usable();
        change(options);

        Assert.StartsWith(message, Assert.Single(new KafkaMistakes(Types).Validate(null, options).Failures!), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_right_is_taken()
    {
        var options = Sasl(Usable());
        options.BootstrapServers = "kafka1.example:9092, [::1]:9093";
        (options.TopicPrefix, options.Topics["booking.*"]) = ("rs.", "bookings");

        Assert.True(new KafkaMistakes(Types).Validate(null, options).Succeeded);
        Assert.True(new KafkaMistakes(Types).Validate(null, new KafkaOptions { SaslMechanism = "GSSAPI" }).Succeeded); // nobody is told
    }

    [Fact]
    public void Without_the_library_a_server_that_shall_tell_kafka_does_not_start_and_says_what_to_install()
    {
        var refused = new RequireLibrary("librdkafka.so.none").Validate(null, Usable());

        Assert.Contains("apt-get install librdkafka1", Assert.Single(refused.Failures!), StringComparison.Ordinal);
        Assert.True(new RequireLibrary("librdkafka.so.none").Validate(null, new KafkaOptions()).Succeeded);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("kafka.invalid:9092", true)]
    public async Task The_server_has_the_relay_only_where_brokers_are_named_and_then_demands_the_library(string? brokers, bool tells)
    {
        await using var app = await AlurApp.Start(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Kafka:BootstrapServers"] = brokers });

        Assert.Equal(tells, app.Services.GetServices<IJournalFollower>().Any(follower => follower.Name == TellKafka.RelayName));
        Assert.Contains(app.Services.GetServices<IValidateOptions<KafkaOptions>>(), validator => validator is RequireLibrary);
    }

    [Theory]
    [InlineData("booking.created", "rs.made")]
    [InlineData("booking.confirmed", "rs.bookings")]
    [InlineData("schedule.updated", "rs.schedule.updated")]
    public void A_topic_is_that_of_the_type_or_of_its_family_or_of_its_own_name(string type, string topic)
    {
        var options = new KafkaOptions { TopicPrefix = "rs.", Topics = { ["booking.*"] = "bookings", ["booking.created"] = "made" } };

        Assert.Equal(topic, new KafkaTopics(options).Of(type));
    }

    private static KafkaOptions Usable() => new() { BootstrapServers = "kafka1.example:9092" };

    private static KafkaOptions Sasl(KafkaOptions options)
    {
        (options.SecurityProtocol, options.SaslMechanism, options.SaslUsername, options.SaslPassword) = (KafkaProtocol.SaslSsl, "SCRAM-SHA-512", "alur", "secret");
        return options;
    }
}

using System.Net;
using System.Net.Sockets;
using Alur.Platform.Webhooks;

namespace Alur.Platform.Tests.Webhooks;

public sealed class ReceiverAddressTests
{
    private static readonly IPAddress[] Outside = [IPAddress.Parse("93.184.216.34")];

    [Theory]
    [InlineData("0.0.0.0", "Refused")]
    [InlineData("0.1.2.3", "Refused")]
    [InlineData("100.64.0.1", "Refused")]
    [InlineData("100.100.100.200", "Refused")]
    [InlineData("100.127.255.255", "Refused")]
    [InlineData("169.254.169.254", "Refused")]
    [InlineData("192.0.0.192", "Refused")]
    [InlineData("192.0.2.1", "Refused")]
    [InlineData("192.88.99.1", "Refused")]
    [InlineData("198.18.0.1", "Refused")]
    [InlineData("198.19.255.255", "Refused")]
    [InlineData("198.51.100.7", "Refused")]
    [InlineData("203.0.113.9", "Refused")]
    [InlineData("224.0.0.1", "Refused")]
    [InlineData("239.255.255.250", "Refused")]
    [InlineData("240.0.0.1", "Refused")]
    [InlineData("255.255.255.255", "Refused")]
    [InlineData("168.63.129.16", "Refused")]
    [InlineData("10.0.0.1", "Private")]
    [InlineData("127.0.0.1", "Private")]
    [InlineData("127.255.255.254", "Private")]
    [InlineData("172.16.0.1", "Private")]
    [InlineData("172.31.255.255", "Private")]
    [InlineData("192.168.1.1", "Private")]
    [InlineData("9.255.255.255", "Public")]
    [InlineData("11.0.0.0", "Public")]
    [InlineData("100.63.255.255", "Public")]
    [InlineData("100.128.0.0", "Public")]
    [InlineData("172.15.255.255", "Public")]
    [InlineData("172.32.0.0", "Public")]
    [InlineData("192.167.255.255", "Public")]
    [InlineData("223.255.255.255", "Public")]
    [InlineData("93.184.216.34", "Public")]
    [InlineData("::", "Refused")]
    [InlineData("::7f00:1", "Refused")]
    [InlineData("fe80::1", "Refused")]
    [InlineData("fe80::1%1", "Refused")]
    [InlineData("fec0::1", "Refused")]
    [InlineData("ff02::1", "Refused")]
    [InlineData("64:ff9b::7f00:1", "Refused")]
    [InlineData("64:ff9b:1::a00:1", "Refused")]
    [InlineData("100::1", "Refused")]
    [InlineData("2001::4136:e378:8000:63bf:3fff:fdd2", "Refused")]
    [InlineData("2001:10::1", "Refused")]
    [InlineData("2001:db8::1", "Refused")]
    [InlineData("2002:7f00:1::", "Refused")]
    [InlineData("2002:a9fe:a9fe::1", "Refused")]
    [InlineData("3fff::1", "Refused")]
    [InlineData("4000::1", "Refused")]
    [InlineData("fd00:ec2::254", "Refused")]
    [InlineData("fd20:ce::254", "Refused")]
    [InlineData("fd20:cf::254", "Private")]
    [InlineData("::ffff:169.254.169.254", "Refused")]
    [InlineData("::ffff:127.0.0.1", "Private")]
    [InlineData("::ffff:10.1.2.3", "Private")]
    [InlineData("::1", "Private")]
    [InlineData("fc00::1", "Private")]
    [InlineData("fd12:3456::1", "Private")]
    [InlineData("::ffff:93.184.216.34", "Public")]
    [InlineData("2606:2800:220:1:248:1893:25c8:1946", "Public")]
    [InlineData("2404:6800::1", "Public")]
    public void Every_address_is_of_one_kind(string address, string kind) => Assert.Equal(kind, ReceiverAddress.Sort(IPAddress.Parse(address)).ToString());

    [Theory]
    [InlineData("https://hook.example/a?b=c", null)]
    [InlineData("https://hook.example:8443/a", null)]
    [InlineData("http://hook.example/", "WEBHOOK_URL_INVALID")]
    [InlineData("ftp://hook.example/", "WEBHOOK_URL_INVALID")]
    [InlineData("file:///etc/passwd", "WEBHOOK_URL_INVALID")]
    [InlineData("/hook", "WEBHOOK_URL_INVALID")]
    [InlineData("https://", "WEBHOOK_URL_INVALID")]
    [InlineData("https://user:word@hook.example/", "WEBHOOK_URL_INVALID")]
    [InlineData("https://hook.example/#part", "WEBHOOK_URL_INVALID")]
    [InlineData("https://hook.example:22/", "WEBHOOK_URL_INVALID")]
    [InlineData("https://hook.example:25/", "WEBHOOK_URL_INVALID")]
    [InlineData("https://127.0.0.1/", "WEBHOOK_ADDRESS_REFUSED")]
    [InlineData("https://0x7f000001/", "WEBHOOK_ADDRESS_REFUSED")]
    [InlineData("https://2130706433/", "WEBHOOK_ADDRESS_REFUSED")]
    [InlineData("https://[::1]/", "WEBHOOK_ADDRESS_REFUSED")]
    [InlineData("https://[::ffff:10.0.0.1]/", "WEBHOOK_ADDRESS_REFUSED")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/", "WEBHOOK_ADDRESS_REFUSED")]
    [InlineData("https://169.254.169.254/latest/meta-data", "WEBHOOK_ADDRESS_REFUSED")]
    public async Task An_address_is_looked_at_when_it_is_entered(string url, string? refusal)
    {
        var rules = new ReceiverRules(new WebhooksOptions(), (_, _) => Task.FromResult(Outside));
        Assert.Equal(refusal, (await rules.Check(url, CancellationToken.None)) is { Ok: false } refused ? refused.Error.Code : null);
    }

    [Theory]
    [InlineData("10.0.0.7")]
    [InlineData("93.184.216.34,127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:192.168.0.1")]
    public async Task A_name_that_leads_into_the_house_is_refused_even_if_only_one_of_its_addresses_does(string addresses)
    {
        var rules = new ReceiverRules(new WebhooksOptions(), (_, _) => Task.FromResult(addresses.Split(',').Select(IPAddress.Parse).ToArray()));
        Assert.Equal("WEBHOOK_ADDRESS_REFUSED", (await rules.Check("https://hook.example/", CancellationToken.None)).Error!.Code);
    }

    [Fact]
    public async Task A_name_that_nobody_knows_is_refused()
    {
        var rules = new ReceiverRules(new WebhooksOptions(), (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        Assert.Equal("WEBHOOK_HOST_UNKNOWN", (await rules.Check("https://hook.example/", CancellationToken.None)).Error!.Code);
    }

    [Theory]
    [InlineData("http://10.0.0.7:8080/hook", null)]
    [InlineData("http://[fd12::7]/hook", null)]
    [InlineData("https://10.0.0.7/hook", null)]
    [InlineData("http://93.184.216.34/hook", "WEBHOOK_ADDRESS_REFUSED")]
    [InlineData("http://169.254.169.254/hook", "WEBHOOK_ADDRESS_REFUSED")]
    [InlineData("http://10.0.0.7:22/hook", "WEBHOOK_URL_INVALID")]
    public async Task Where_the_house_is_allowed_plain_http_stays_in_it(string url, string? refusal)
    {
        var rules = new ReceiverRules(new WebhooksOptions { AllowPrivateAddresses = true }, (_, _) => Task.FromResult(Outside));
        Assert.Equal(refusal, (await rules.Check(url, CancellationToken.None)) is { Ok: false } refused ? refused.Error.Code : null);
    }
}

namespace Alur.MariaDb;

/// <summary>Whether the connection is encrypted. There is deliberately no "encrypted but unverified": whoever asks for TLS gets a
/// server that proved who it is.</summary>
public enum MariaDbTls
{
    /// <summary>Plain text, for Unix sockets, loopback and servers that offer no TLS.</summary>
    Off,

    /// <summary>TLS or no connection; the certificate must chain to the trusted authority and name the host.</summary>
    Verified,
}

using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Alur.Platform.Pages;

/// <summary>Style, script and drawings of pages. They are part of the program, so a page never waits for anybody else's server.</summary>
internal sealed class Assets
{
    private const string Prefix = "Alur.Assets.";
    private const string ForAYear = "public, max-age=31536000, immutable";

    private readonly FrozenDictionary<string, Asset> _files;
    private readonly ConcurrentDictionary<string, string> _icons = new(StringComparer.Ordinal);

    public Assets() => _files = Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(name => name[Prefix.Length..], Load, StringComparer.Ordinal);

    /// <summary>The address holds a digest of the content: a browser may keep what it has for ever, and never keeps too old a file.</summary>
    public string AddressOf(string file) => $"/assets/{_files[file].Digest}/{file}";

    /// <summary>A drawing as it stands in a page, without the size and class of its own; readers hear the text beside it.</summary>
    public string Icon(string name) => _icons.GetOrAdd(name, n =>
    {
        var drawing = Encoding.UTF8.GetString(_files[$"icon.{n}.svg"].Content);
        return "<svg class=\"icon\" aria-hidden=\"true\" viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" stroke-linecap=\"round\" stroke-linejoin=\"round\">"
            + drawing[(drawing.IndexOf('>', StringComparison.Ordinal) + 1)..].Trim();
    });

    /// <summary>Sends a file; an address with another digest is one of another version and is not there.</summary>
    public static async Task Send([FromRoute] string digest, [FromRoute] string file, HttpContext http, Assets assets)
    {
        if (!assets._files.TryGetValue(file, out var asset) || asset.Digest != digest)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var response = http.Response;
        response.ContentType = TypeOf(file);
        response.Headers.CacheControl = ForAYear;
        response.Headers.Vary = "Accept-Encoding";
        var zipped = http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (zipped)
        {
            response.Headers.ContentEncoding = "gzip";
        }

        var bytes = zipped ? asset.Zipped : asset.Content;
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    private static string TypeOf(string file) => Path.GetExtension(file) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    private static Asset Load(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zip.Write(content.GetBuffer().AsSpan(0, (int)content.Length));
        }

        var bytes = content.ToArray();
        return new Asset(bytes, zipped.ToArray(), Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
    }

    private sealed record Asset(byte[] Content, byte[] Zipped, string Digest);
}

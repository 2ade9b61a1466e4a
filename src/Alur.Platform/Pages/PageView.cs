using Microsoft.AspNetCore.Components;

namespace Alur.Platform.Pages;

/// <summary>What every page and part of one is made from: it knows where it is read.</summary>
public abstract class PageView : ComponentBase
{
    /// <summary>Where the page is read.</summary>
    [CascadingParameter]
    public required Here Here { get; set; }

    /// <summary>One of two texts, in the reader's language.</summary>
    protected string Say(string indonesian, string english) => Here.Say(indonesian, english);
}

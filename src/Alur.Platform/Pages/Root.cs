using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Alur.Platform.Pages;

/// <summary>Hands every part of a page where it is read.</summary>
internal sealed class Root : ComponentBase
{
    [Parameter]
    public required Here Here { get; set; }

    [Parameter]
    public required Type Page { get; set; }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenComponent<CascadingValue<Here>>(0);
        builder.AddComponentParameter(1, nameof(CascadingValue<>.Value), Here);
        builder.AddComponentParameter(2, nameof(CascadingValue<>.IsFixed), value: true);
        builder.AddComponentParameter(3, nameof(CascadingValue<>.ChildContent), (RenderFragment)(inner =>
        {
            inner.OpenComponent(0, Page);
            inner.CloseComponent();
        }));
        builder.CloseComponent();
    }
}

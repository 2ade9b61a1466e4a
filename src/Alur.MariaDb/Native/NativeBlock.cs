using System.Runtime.InteropServices;

namespace Alur.MariaDb.Native;

/// <summary>Zeroed unmanaged memory that the library may point into; freed at the latest by the finaliser.</summary>
internal sealed unsafe class NativeBlock : SafeHandle
{
    internal NativeBlock(int size) : base(0, ownsHandle: true) => SetHandle((nint)NativeMemory.AllocZeroed((nuint)Math.Max(size, 1)));

    public override bool IsInvalid => handle == 0;

    internal byte* Start => (byte*)handle;

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}

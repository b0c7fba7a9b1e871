// The real disk, in a temporary folder: what IFileSystem promises and a simulation can not prove. That a failed
// fdatasync is seen is proven under strace (Crash/SyncFailureTests).

using System.Globalization;
using System.Runtime.InteropServices;
using IngoDB.Engine.Files;
using IngoDB.Model;
using IngoDB.TestKit.Files;
using Microsoft.Win32.SafeHandles;

namespace IngoDB.Tests.Files;

public sealed partial class LocalFileSystemTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly IFileSystem _files = LocalFileSystem.Instance;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_and_the_end_of_the_file_ends_the_read()
    {
        using var file = _files.Create(_folder["a"]);
        file.Write(0, "hello"u8);
        file.Write(10, "world"u8);
        file.SyncData();

        var read = new byte[20];
        Assert.Equal(15, file.Read(0, read));
        Assert.Equal("hello\0\0\0\0\0world\0\0\0\0\0"u8.ToArray(), read);
        Assert.Equal(0, file.Read(15, read));
        Assert.Equal(15, file.Length);
        using var again = _files.Open(_folder["a"]);
        Assert.Equal(15, again.Length);
    }

    [Fact]
    public void Creating_what_exists_is_refused()
    {
        _files.Create(_folder["a"]).Dispose();
        Assert.Equal("storage.exists", Assert.Throws<StorageException>(() => _files.Create(_folder["a"])).Code);
    }

    [Fact]
    public void A_missing_file_is_not_found() => Assert.Throws<FileNotFoundException>(() => _files.Open(_folder["none"]));

    [Fact]
    public void An_error_names_the_call_the_path_and_errno()
    {
        var error = Assert.Throws<StorageException>(() => _files.Rename(_folder["none"], _folder["other"]));
        Assert.Contains("rename", error.Message);
        Assert.Contains(_folder["none"], error.Message);
        if (!OperatingSystem.IsWindows()) Assert.Contains("errno 2", error.Message);
    }

    [Fact]
    public void Writing_to_a_file_opened_for_reading_is_an_error()
    {
        _files.Create(_folder["a"]).Dispose();
        using var file = _files.Open(_folder["a"]);
        Assert.Throws<StorageException>(() => file.Write(0, "x"u8));
    }

    [Fact]
    public void Preallocation_gives_zeros_and_never_shortens()
    {
        using var file = _files.Create(_folder["a"]);
        file.Write(0, "x"u8);
        file.Preallocate(4096);
        file.Preallocate(10);
        Assert.Equal(4096, file.Length);
        var read = new byte[4096];
        Assert.Equal(4096, file.Read(0, read));
        Assert.Equal((byte)'x', read[0]);
        Assert.All(read[1..], b => Assert.Equal(0, b));
        file.SetLength(1);
        Assert.Equal(1, file.Length);
    }

    [Fact]
    public void Rename_replaces_and_link_does_not()
    {
        using (var a = _files.Create(_folder["a"])) a.Write(0, "A"u8);
        using (var b = _files.Create(_folder["b"])) b.Write(0, "B"u8);
        Assert.False(_files.TryLink(_folder["a"], _folder["b"]));
        Assert.True(_files.TryLink(_folder["a"], _folder["c"]));
        _files.Rename(_folder["a"], _folder["b"]);
        Assert.Equal(["b", "c"], _files.ListFiles(_folder.Path));
        using var file = _files.Open(_folder["b"]);
        var read = new byte[1];
        file.Read(0, read);
        Assert.Equal((byte)'A', read[0]);
    }

    [Fact]
    public void A_lock_is_had_by_one_and_free_again_when_let_go()
    {
        var first = _files.TryLock(_folder["LOCK"]);
        Assert.NotNull(first);
        Assert.Null(_files.TryLock(_folder["LOCK"]));
        first.Dispose();
        using var second = _files.TryLock(_folder["LOCK"]);
        Assert.NotNull(second);
    }

    [Fact]
    public void A_lock_is_free_again_though_a_child_being_started_has_a_copy_of_its_descriptor()
    {
        if (!OperatingSystem.IsLinux()) return;
        var first = _files.TryLock(_folder["LOCK"]);
        Assert.NotNull(first);
        var descriptor = Directory.GetFiles("/proc/self/fd").Single(link => new FileInfo(link).LinkTarget == _folder["LOCK"]);
        using var copy = new SafeFileHandle(Duplicate(int.Parse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture)), ownsHandle: true);
        Assert.False(copy.IsInvalid);
        first.Dispose();
        using var second = _files.TryLock(_folder["LOCK"]);
        Assert.NotNull(second);
    }

    [Fact]
    public void Folders_are_made_with_their_parents_and_only_empty_ones_go()
    {
        _files.CreateDirectory(_folder["x/y/z"]);
        Assert.True(_files.DirectoryExists(_folder["x/y/z"]));
        Assert.Equal(["x"], _files.ListDirectories(_folder.Path));
        Assert.Throws<StorageException>(() => _files.DeleteDirectory(_folder["x"]));
        _files.DeleteDirectory(_folder["x/y/z"]);
        Assert.Empty(_files.ListDirectories(_folder["x/y"]));
        _files.SyncDirectory(_folder["x/y"]);
    }

    [Fact]
    public void Files_and_folders_belong_to_their_owner_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        _files.CreateDirectory(_folder["d"]);
        _files.Create(_folder["d/f"]).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["d/f"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["d"]));
    }

    [Fact]
    public void A_deleted_file_stays_readable_for_whoever_holds_it()
    {
        using var file = _files.Create(_folder["a"]);
        file.Write(0, "still here"u8);
        _files.Delete(_folder["a"]);
        Assert.False(_files.Exists(_folder["a"]));
        var read = new byte[10];
        Assert.Equal(10, file.Read(0, read));
    }

    [Fact]
    public void There_is_room_on_the_disk() => Assert.True(_files.AvailableBytes(_folder.Path) > 0);

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial nint Duplicate(int descriptor);
}

/* python.exe and pythonw.exe, as in CPython's PC folder: all code is in python313.dll, which lies in the same folder. */
#include <windows.h>
#include <stdio.h>
#include <wchar.h>

#define LIBRARY L"python313.dll"

typedef int (*Main)(int, wchar_t **);

static int run(int count, wchar_t **arguments)
{
    HMODULE library = LoadLibraryW(LIBRARY);
    Main main = library ? (Main)(void *)GetProcAddress(library, "Py_Main") : NULL;
    if (!main) {
        fwprintf(stderr, L"%ls could not be loaded: error %lu\n", LIBRARY, GetLastError());
        return 127;
    }
    return main(count, arguments);
}

#ifdef WINDOWED
int WINAPI wWinMain(HINSTANCE instance, HINSTANCE previous, wchar_t *line, int show)
{
    (void)instance, (void)previous, (void)line, (void)show;
    return run(__argc, __wargv);
}
#else
int wmain(int count, wchar_t **arguments)
{
    return run(count, arguments);
}
#endif

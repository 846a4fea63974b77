/* A custom action of the installer: refuse to install or remove the program while it is running, because it could be
   sending a contract. The program holds these mutexes until it ends (esign_desktop/app/windows.py). */
#include <windows.h>
#include <msi.h>
#include <msiquery.h>

#define EXPORT __declspec(dllexport)

static int is_held(const wchar_t *name)
{
    HANDLE mutex = OpenMutexW(SYNCHRONIZE, FALSE, name);
    if (mutex)
        CloseHandle(mutex);
    /* The program of another user denies access. */
    return mutex || GetLastError() == ERROR_ACCESS_DENIED;
}

EXPORT UINT __stdcall RefuseWhileRunning(MSIHANDLE installation)
{
    MSIHANDLE record;

    if (!is_held(L"esign-desktop-is-running") && !is_held(L"Global\\esign-desktop-is-running"))
        return ERROR_SUCCESS;
    record = MsiCreateRecord(1);
    MsiRecordSetStringW(record, 0, L"esign-desktop is running. Save your work and close it, then try again.\n"
                                   L"\u7a0b\u5e8f\u6b63\u5728\u8fd0\u884c\u3002\u8bf7\u5148\u4fdd\u5b58\u5e76\u5173\u95ed\u5b83\uff0c\u518d\u91cd\u8bd5\u3002");
    MsiProcessMessage(installation, INSTALLMESSAGE_ERROR, record);
    MsiCloseHandle(record);
    return ERROR_INSTALL_FAILURE;
}

BOOL __stdcall DllMainCRTStartup(HINSTANCE library, DWORD reason, void *reserved)
{
    (void)library, (void)reason, (void)reserved;
    return TRUE;
}

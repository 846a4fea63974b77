/* A stand-in for Windows' own ICU (System32\icuuc.dll, since Windows 10 1703), which Qt6Core.dll imports and Wine 10 does
   not have. It offers no converters: Qt itself converts UTF-8, UTF-16, UTF-32, Latin-1 and the system's code page. */
#define EXPORT __declspec(dllexport)
enum { FILE_ACCESS_ERROR = 4 };

static void *refuse(int *error)
{
    if (error)
        *error = FILE_ACCESS_ERROR;
    return 0;
}

EXPORT void *ucnv_open(const char *name, int *error) { (void)name; return refuse(error); }
EXPORT const char *ucnv_getName(const void *converter, int *error) { (void)converter; return refuse(error); }
EXPORT int ucnv_toUCountPending(const void *converter, int *error) { (void)converter; refuse(error); return 0; }
EXPORT int ucnv_fromUCountPending(const void *converter, int *error) { (void)converter; refuse(error); return 0; }
EXPORT const char *ucnv_getStandardName(const char *name, const char *standard, int *error)
{
    (void)name, (void)standard;
    return refuse(error);
}
EXPORT const char *ucnv_getAvailableName(int number) { (void)number; return 0; }
EXPORT int ucnv_countAvailable(void) { return 0; }
EXPORT signed char ucnv_getMaxCharSize(const void *converter) { (void)converter; return 1; }
/* Never called without an open converter. */
EXPORT void ucnv_close(void) {}
EXPORT void ucnv_reset(void) {}
EXPORT void ucnv_toUnicode(void) {}
EXPORT void ucnv_fromUnicode(void) {}
EXPORT void ucnv_getToUCallBack(void) {}
EXPORT void ucnv_setToUCallBack(void) {}
EXPORT void ucnv_getFromUCallBack(void) {}
EXPORT void ucnv_setFromUCallBack(void) {}
EXPORT void ucnv_cbToUWriteUChars(void) {}
EXPORT void ucnv_cbFromUWriteUChars(void) {}
EXPORT void UCNV_FROM_U_CALLBACK_SUBSTITUTE(void) {}

int __stdcall DllMainCRTStartup(void *library, unsigned reason, void *reserved)
{
    (void)library, (void)reason, (void)reserved;
    return 1;
}

; Installer for Windows, for Inno Setup 6.3 or later:
;
;   iscc /DVersion=1.2.3 /DFolder=build\frozen\esign-desktop packaging\windows\esign-desktop.iss
;
; Folder is PyInstaller's output (packaging/pyinstaller.spec), relative to the root of the repository. docs/installing.md
; describes the switches for an unattended installation: /VERYSILENT /SUPPRESSMSGBOXES /NORESTART with /CURRENTUSER or
; /ALLUSERS, /LANG=zh or /LANG=en, /DIR=…, /TASKS=desktop, /LOG=…

#ifndef Version
  #error Name the version: /DVersion=1.2.3
#endif
#ifndef Folder
  #error Name PyInstaller's output folder: /DFolder=…
#endif
#define Root AddBackslash(SourcePath) + "..\.."

[Setup]
; Must not change: an installer finds earlier installations by it.
AppId={{5B0A6E0C-6F5E-4C36-9B57-6B1B4E8C0D42}
AppName={cm:Program}
AppVersion={#Version}
AppVerName={cm:NameAndVersion,{cm:Program},{#Version}}
AppPublisher=esign-desktop
VersionInfoVersion={#Version}
VersionInfoDescription=esign-desktop setup
VersionInfoProductName=esign-desktop
UninstallDisplayName={cm:Program}
UninstallDisplayIcon={app}\esign-desktop.exe
DefaultDirName={autopf}\esign-desktop
DisableProgramGroupPage=yes
DisableDirPage=auto
; Administrator rights are required only to install for all users, because bank clerks have none.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=commandline dialog
; Qt 6 requires Windows 10 1809.
MinVersion=10.0.17763
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
; The mutex names of esign_desktop/app/windows.py. The program must not be closed while it is sending a contract.
AppMutex=esign-desktop-is-running,Global\esign-desktop-is-running
SetupMutex=esign-desktop-installer,Global\esign-desktop-installer
CloseApplications=no
RestartApplications=no
ChangesAssociations=yes
LanguageDetectionMethod=uilanguage
ShowLanguageDialog=auto
WizardStyle=modern
Compression=lzma2
SolidCompression=yes
SourceDir={#Root}
; Made by packaging/icons.py.
#ifexist AddBackslash(SourcePath) + "..\..\build\icons\esign-desktop.ico"
SetupIconFile=build\icons\esign-desktop.ico
#endif
OutputDir=build\packages
OutputBaseFilename=esign-desktop-{#Version}-windows-x64

[Languages]
Name: "zh"; MessagesFile: "compiler:Default.isl,packaging\windows\chinese.isl"
Name: "en"; MessagesFile: "compiler:Default.isl"

[CustomMessages]
zh.Program=电子签桌面
en.Program=esign-desktop
zh.PresetFile=合同预设
en.PresetFile=Contract preset

[Messages]
en.SetupAppRunningError=%1 is running.%n%nSave your work and close it, then click OK to continue, or Cancel to exit.
en.ConfirmUninstall=Remove %1? Contracts, drafts and settings stay on this computer.

[Tasks]
Name: "desktop"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked

[InstallDelete]
; Modules of the previous version: Python would find two versions of a library side by side. Contains no user data.
Type: filesandordirs; Name: "{app}\_internal"

[Dirs]
; The policy's folder. Without it any user could create the folder, and with it a policy for all users.
Name: "{commonappdata}\esign-desktop"; Flags: uninsneveruninstall; Check: IsAdminInstallMode

[Files]
Source: "{#Folder}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\{cm:Program}"; Filename: "{app}\esign-desktop.exe"
Name: "{autodesktop}\{cm:Program}"; Filename: "{app}\esign-desktop.exe"; Tasks: desktop

[Registry]
Root: HKA; Subkey: "Software\Classes\.esignpreset"; ValueType: string; ValueData: "esign-desktop.preset"; Flags: uninsdeletevalue uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\.esignpreset\OpenWithProgids"; ValueType: none; ValueName: "esign-desktop.preset"; Flags: uninsdeletevalue uninsdeletekeyifempty
Root: HKA; Subkey: "Software\Classes\esign-desktop.preset"; ValueType: string; ValueData: "{cm:PresetFile}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\esign-desktop.preset\DefaultIcon"; ValueType: string; ValueData: "{app}\esign-desktop.exe,0"
Root: HKA; Subkey: "Software\Classes\esign-desktop.preset\shell\open\command"; ValueType: string; ValueData: """{app}\esign-desktop.exe"" ""%1"""
; Offered for PDFs under "Open with", without changing the default program.
Root: HKA; Subkey: "Software\Classes\Applications\esign-desktop.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "{cm:Program}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\esign-desktop.exe\SupportedTypes"; ValueType: string; ValueName: ".pdf"
Root: HKA; Subkey: "Software\Classes\Applications\esign-desktop.exe\shell\open\command"; ValueType: string; ValueData: """{app}\esign-desktop.exe"" ""%1"""
; Links with which another program hands a customer over.
Root: HKA; Subkey: "Software\Classes\esign-desktop"; ValueType: string; ValueData: "URL:esign-desktop"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\esign-desktop"; ValueType: string; ValueName: "URL Protocol"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\esign-desktop\shell\open\command"; ValueType: string; ValueData: """{app}\esign-desktop.exe"" ""%1"""
; No crash reports, because the program's memory contains users' input.
Root: HKA; Subkey: "Software\Microsoft\Windows\Windows Error Reporting\ExcludedApplications"; ValueType: dword; ValueName: "esign-desktop.exe"; ValueData: 1; Flags: uninsdeletevalue

[Run]
; Administrators and the system may write there, users may read (by well-known SIDs, because names depend on the language).
Filename: "{sys}\icacls.exe"; Parameters: """{commonappdata}\esign-desktop"" /setowner *S-1-5-32-544 /T /Q"; Flags: runhidden; Check: IsAdminInstallMode
Filename: "{sys}\icacls.exe"; Parameters: """{commonappdata}\esign-desktop"" /inheritance:r /grant:r *S-1-5-32-544:(OI)(CI)F *S-1-5-18:(OI)(CI)F *S-1-5-32-545:(OI)(CI)RX /Q"; Flags: runhidden; Check: IsAdminInstallMode
Filename: "{app}\esign-desktop.exe"; Description: "{cm:LaunchProgram,{cm:Program}}"; Flags: nowait postinstall skipifsilent

<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>AuditDialog</name>
    <message numerus="yes">
        <source>%n line(s) exported.</source>
        <translation>
            <numerusform>%n line exported.</numerusform>
            <numerusform>%n lines exported.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BehaviourGroup</name>
    <message numerus="yes">
        <source>%n setting(s) differ from the default</source>
        <translation>
            <numerusform>%n setting differs from the default</numerusform>
            <numerusform>%n settings differ from the default</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BlankFields</name>
    <message numerus="yes">
        <source>Fields were added at %n blanks. Check their names and kinds.</source>
        <translation>
            <numerusform>A field was added at %n blank. Check its name and kind.</numerusform>
            <numerusform>Fields were added at %n blanks. Check their names and kinds.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BlocksPane</name>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n page</numerusform>
            <numerusform>%n pages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Adds %n page(s)</source>
        <translation>
            <numerusform>Adds %n page</numerusform>
            <numerusform>Adds %n pages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BulkFoot</name>
    <message numerus="yes">
        <source>%n row(s) couldn&apos;t be sent.</source>
        <translation>
            <numerusform>%n row couldn&apos;t be sent.</numerusform>
            <numerusform>%n rows couldn&apos;t be sent.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) left to correct.</source>
        <translation>
            <numerusform>%n row left to correct.</numerusform>
            <numerusform>%n rows left to correct.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BulkRoom</name>
    <message numerus="yes">
        <source>%n row(s) saved to “{name}”.</source>
        <translation>
            <numerusform>%n row saved to “{name}”.</numerusform>
            <numerusform>%n rows saved to “{name}”.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CardGrid</name>
    <message numerus="yes">
        <source>%n field(s)</source>
        <translation>
            <numerusform>%n field</numerusform>
            <numerusform>%n fields</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConfirmSheet</name>
    <message numerus="yes">
        <source>%n of them continue(s) where sending stopped. No one receives a contract twice.</source>
        <translation>
            <numerusform>%n of them continues where sending stopped. No one receives a contract twice.</numerusform>
            <numerusform>%n of them continue where sending stopped. No one receives a contract twice.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them were sent before: the recipients will get the contracts again.</source>
        <translation>
            <numerusform>%n of them was sent before: the recipient will get the contract again.</numerusform>
            <numerusform>%n of them were sent before: the recipients will get the contracts again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) already sent: no one receives a contract twice.</source>
        <translation>
            <numerusform>%n row already sent: no one receives a contract twice.</numerusform>
            <numerusform>%n rows already sent: no one receives a contract twice.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) need your decision: it&apos;s unclear whether they were sent.</source>
        <translation>
            <numerusform>%n row needs your decision: it&apos;s unclear whether it was sent.</numerusform>
            <numerusform>%n rows need your decision: it&apos;s unclear whether they were sent.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) to correct: you can send them later from the same sheet.</source>
        <translation>
            <numerusform>%n row to correct: you can send it later from the same sheet.</numerusform>
            <numerusform>%n rows to correct: you can send them later from the same sheet.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) where the platform&apos;s document differs: check them in Track.</source>
        <translation>
            <numerusform>%n row where the platform&apos;s document differs: check it in Track.</numerusform>
            <numerusform>%n rows where the platform&apos;s documents differ: check them in Track.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>To {names} and %n more.</source>
        <translation>
            <numerusform>To {names} and %n more.</numerusform>
            <numerusform>To {names} and %n more.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>With this preset, the signing deadline is %n minute(s) after sending.</source>
        <translation>
            <numerusform>With this preset, the signing deadline is %n minute after sending.</numerusform>
            <numerusform>With this preset, the signing deadline is %n minutes after sending.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more row(s); see the table.</source>
        <translation>
            <numerusform>and %n more row; see the table.</numerusform>
            <numerusform>and %n more rows; see the table.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ContactCard</name>
    <message numerus="yes">
        <source>%n contract(s)</source>
        <translation>
            <numerusform>%n contract</numerusform>
            <numerusform>%n contracts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ContactFiles</name>
    <message numerus="yes">
        <source>%n contact(s) added</source>
        <translation>
            <numerusform>%n contact added</numerusform>
            <numerusform>%n contacts added</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contact(s) saved to {name}.</source>
        <translation>
            <numerusform>%n contact saved to {name}.</numerusform>
            <numerusform>%n contacts saved to {name}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contact(s) that you edited or used after the import weren&apos;t changed.</source>
        <translation>
            <numerusform>%n contact that you edited or used after the import wasn&apos;t changed.</numerusform>
            <numerusform>%n contacts that you edited or used after the import weren&apos;t changed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n updated</source>
        <translation>
            <numerusform>%n updated</numerusform>
            <numerusform>%n updated</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ContactFilterBar</name>
    <message numerus="yes">
        <source>%n contact(s)</source>
        <translation>
            <numerusform>%n contact</numerusform>
            <numerusform>%n contacts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ContactList</name>
    <message numerus="yes">
        <source>%n contact(s) found</source>
        <translation>
            <numerusform>%n contact found</numerusform>
            <numerusform>%n contacts found</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ContactMatches</name>
    <message numerus="yes">
        <source>%n matching contact(s); the arrow keys choose</source>
        <translation>
            <numerusform>%n matching contact; the arrow keys choose</numerusform>
            <numerusform>%n matching contacts; the arrow keys choose</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CopyToPages</name>
    <message numerus="yes">
        <source>Adds a seal to %n more page(s).</source>
        <translation>
            <numerusform>Adds a seal to %n more page.</numerusform>
            <numerusform>Adds a seal to %n more pages.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CounterWindow</name>
    <message numerus="yes">
        <source>%n signed file(s) saved.</source>
        <translation>
            <numerusform>%n signed file saved.</numerusform>
            <numerusform>%n signed files saved.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DetailsPane</name>
    <message numerus="yes">
        <source>%n contract(s) released</source>
        <translation>
            <numerusform>%n contract released</numerusform>
            <numerusform>%n contracts released</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s) reserved</source>
        <translation>
            <numerusform>%n contract reserved</numerusform>
            <numerusform>%n contracts reserved</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s) used</source>
        <translation>
            <numerusform>%n contract used</numerusform>
            <numerusform>%n contracts used</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s), reserved when signers see them</source>
        <translation>
            <numerusform>%n contract, reserved when signers see it</numerusform>
            <numerusform>%n contracts, reserved when signers see them</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Revoke %n selected…</source>
        <translation>
            <numerusform>Revoke %n selected…</numerusform>
            <numerusform>Revoke %n selected…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DocumentCard</name>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n page</numerusform>
            <numerusform>%n pages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DocumentsPanel</name>
    <message numerus="yes">
        <source>%n cross-page seal(s) on rotated pages moved to the right edge. Check them.</source>
        <translation>
            <numerusform>%n cross-page seal on rotated pages was moved to the right edge. Check it.</numerusform>
            <numerusform>%n cross-page seals on rotated pages were moved to the right edge. Check them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n keyword(s) converted to fixed seal positions, because no single offset fits all pages.</source>
        <translation>
            <numerusform>%n keyword converted to fixed seal positions, because no single offset fits all pages.</numerusform>
            <numerusform>%n keywords converted to fixed seal positions, because no single offset fits all pages.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Check %n seal(s) on the new version of “{name}”.</source>
        <translation>
            <numerusform>Check %n seal on the new version of “{name}”.</numerusform>
            <numerusform>Check %n seals on the new version of “{name}”.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DraftCard</name>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n page</numerusform>
            <numerusform>%n pages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message numerus="yes">
        <source>Export %n contact(s)</source>
        <translation>
            <numerusform>Export %n contact</numerusform>
            <numerusform>Export %n contacts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FieldPanel</name>
    <message numerus="yes">
        <source>%n field(s)</source>
        <translation>
            <numerusform>%n field</numerusform>
            <numerusform>%n fields</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message numerus="yes">
        <source>%n contract(s)</source>
        <translation>
            <numerusform>%n contract</numerusform>
            <numerusform>%n contracts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FlowCommands</name>
    <message numerus="yes">
        <source>%n contract(s) couldn&apos;t be downloaded.</source>
        <translation>
            <numerusform>%n contract couldn&apos;t be downloaded.</numerusform>
            <numerusform>%n contracts couldn&apos;t be downloaded.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) downloaded.</source>
        <translation>
            <numerusform>%n file downloaded.</numerusform>
            <numerusform>%n files downloaded.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n original(s) downloaded.</source>
        <translation>
            <numerusform>%n original downloaded.</numerusform>
            <numerusform>%n originals downloaded.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FlowExport</name>
    <message numerus="yes">
        <source>%n contract(s) exported.</source>
        <translation>
            <numerusform>%n contract exported.</numerusform>
            <numerusform>%n contracts exported.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FlowList</name>
    <message numerus="yes">
        <source>%n contract(s) found</source>
        <translation>
            <numerusform>%n contract found</numerusform>
            <numerusform>%n contracts found</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ForgetSheet</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HeadLine</name>
    <message numerus="yes">
        <source>%n customer(s) waiting</source>
        <translation>
            <numerusform>%n customer waiting</numerusform>
            <numerusform>%n customers waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message numerus="yes">
        <source>%n entry(s) of the file couldn&apos;t be read.</source>
        <translation>
            <numerusform>%n entry of the file couldn&apos;t be read.</numerusform>
            <numerusform>%n entries of the file couldn&apos;t be read.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) read…</source>
        <translation>
            <numerusform>%n row read…</numerusform>
            <numerusform>%n rows read…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Import %n contact(s)</source>
        <translation>
            <numerusform>Import %n contact</numerusform>
            <numerusform>Import %n contacts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>IncomingFiles</name>
    <message numerus="yes">
        <source>This computer lacks %n font(s) of the document. The pages can differ from the original.</source>
        <translation>
            <numerusform>This computer lacks %n font of the document. The pages can differ from the original.</numerusform>
            <numerusform>This computer lacks %n fonts of the document. The pages can differ from the original.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>InterruptedWork</name>
    <message numerus="yes">
        <source>%n contract(s) not completely sent.</source>
        <translation>
            <numerusform>One contract was not completely sent.</numerusform>
            <numerusform>%n contracts were not completely sent.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>KeywordBar</name>
    <message numerus="yes">
        <source>%n match(es), finding their positions…</source>
        <translation>
            <numerusform>%n match, finding its position…</numerusform>
            <numerusform>%n matches, finding their positions…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Place %n fixed seal(s)</source>
        <translation>
            <numerusform>Place %n fixed seal</numerusform>
            <numerusform>Place %n fixed seals</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Place %n seal(s)</source>
        <translation>
            <numerusform>Place %n seal</numerusform>
            <numerusform>Place %n seals</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>KeywordHitList</name>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n match</numerusform>
            <numerusform>%n matches</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MadePane</name>
    <message numerus="yes">
        <source>%n field(s) don&apos;t match what you entered.</source>
        <translation>
            <numerusform>%n field doesn&apos;t match what you entered.</numerusform>
            <numerusform>%n fields don&apos;t match what you entered.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Merging</name>
    <message numerus="yes">
        <source>%n file(s) couldn&apos;t be merged.</source>
        <translation>
            <numerusform>%n file couldn&apos;t be merged.</numerusform>
            <numerusform>%n files couldn&apos;t be merged.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n signed file(s) merged.</source>
        <translation>
            <numerusform>%n signed file merged.</numerusform>
            <numerusform>%n signed files merged.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MessageRow</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OfferBar</name>
    <message numerus="yes">
        <source>%n more difference(s).</source>
        <translation>
            <numerusform>One more difference.</numerusform>
            <numerusform>%n more differences.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seal(s) can&apos;t be placed: the words next to them are missing.</source>
        <translation>
            <numerusform>%n seal can&apos;t be placed: the words next to it are missing.</numerusform>
            <numerusform>%n seals can&apos;t be placed: the words next to them are missing.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OptionsPanel</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n day</numerusform>
            <numerusform>%n days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n minute</numerusform>
            <numerusform>%n minutes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OrganizationRules</name>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s), for corrections</source>
        <translation>
            <numerusform>%n hour, for corrections</numerusform>
            <numerusform>%n hours, for corrections</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>after %n minute(s) of inactivity</source>
        <translation>
            <numerusform>after %n minute of inactivity</numerusform>
            <numerusform>after %n minutes of inactivity</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>at least %n digit(s)</source>
        <translation>
            <numerusform>at least %n digit</numerusform>
            <numerusform>at least %n digits</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>must be changed after %n day(s)</source>
        <translation>
            <numerusform>must be changed after %n day</numerusform>
            <numerusform>must be changed after %n days</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PagesChooser</name>
    <message numerus="yes">
        <source>Adds %n page(s)</source>
        <translation>
            <numerusform>Adds %n page</numerusform>
            <numerusform>Adds %n pages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>“{name}” has %n page(s).</source>
        <translation>
            <numerusform>“{name}” has %n page.</numerusform>
            <numerusform>“{name}” has %n pages.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PartyDots</name>
    <message numerus="yes">
        <source>%n seal(s)</source>
        <translation>
            <numerusform>%n seal</numerusform>
            <numerusform>%n seals</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PlanCounts</name>
    <message numerus="yes">
        <source>%n seal(s) on {document} p. {pages}</source>
        <translation>
            <numerusform>%n seal on {document} p. {pages}</numerusform>
            <numerusform>%n seals on {document} pp. {pages}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seal(s) on {document} p. {pages} at “{keyword}”</source>
        <translation>
            <numerusform>%n seal on {document} p. {pages} at “{keyword}”</numerusform>
            <numerusform>%n seals on {document} pp. {pages} at “{keyword}”</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PresetDrawer</name>
    <message numerus="yes">
        <source>%n field(s)</source>
        <translation>
            <numerusform>%n field</numerusform>
            <numerusform>%n fields</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n page</numerusform>
            <numerusform>%n pages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Used in %n document(s)</source>
        <translation>
            <numerusform>Used in %n document</numerusform>
            <numerusform>Used in %n documents</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PresetEditing</name>
    <message numerus="yes">
        <source>%n more.</source>
        <translation>
            <numerusform>One more.</numerusform>
            <numerusform>%n more.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProblemList</name>
    <message numerus="yes">
        <source>%n hint(s)</source>
        <translation>
            <numerusform>%n hint</numerusform>
            <numerusform>%n hints</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProblemsBar</name>
    <message numerus="yes">
        <source>%n to do</source>
        <translation>
            <numerusform>%n to do</numerusform>
            <numerusform>%n to do</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Review and send — reserves %n contract(s)</source>
        <translation>
            <numerusform>Review and send — reserves %n contract</numerusform>
            <numerusform>Review and send — reserves %n contracts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PropertiesPanel</name>
    <message numerus="yes">
        <source>%n match(es), on page {pages}</source>
        <translation>
            <numerusform>%n match, on page {pages}</numerusform>
            <numerusform>%n matches, on pages {pages}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seal(s) selected</source>
        <translation>
            <numerusform>%n seal selected</numerusform>
            <numerusform>%n seals selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Yes, place %n seal(s)</source>
        <translation>
            <numerusform>Yes, place %n seal</numerusform>
            <numerusform>Yes, place %n seals</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProposalBar</name>
    <message numerus="yes">
        <source>%n seal position(s)</source>
        <translation>
            <numerusform>%n seal position</numerusform>
            <numerusform>%n seal positions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n signer(s)</source>
        <translation>
            <numerusform>%n signer</numerusform>
            <numerusform>%n signers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuotaDialog</name>
    <message numerus="yes">
        <source>%n day(s) left</source>
        <translation>
            <numerusform>%n day left</numerusform>
            <numerusform>%n days left</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReadingCard</name>
    <message numerus="yes">
        <source>%n row(s) read</source>
        <translation>
            <numerusform>%n row read</numerusform>
            <numerusform>%n rows read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RehearsalPanel</name>
    <message numerus="yes">
        <source>%n extra seal(s) found that you didn&apos;t place.</source>
        <translation>
            <numerusform>%n extra seal found that you didn&apos;t place.</numerusform>
            <numerusform>%n extra seals found that you didn&apos;t place.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seal(s) aren&apos;t where you placed them.</source>
        <translation>
            <numerusform>%n seal isn&apos;t where you placed it.</numerusform>
            <numerusform>%n seals aren&apos;t where you placed them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n seal(s) are where you placed them.</source>
        <translation>
            <numerusform>The seal is where you placed it.</numerusform>
            <numerusform>All %n seals are where you placed them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Reminding</name>
    <message numerus="yes">
        <source>%n contract(s) without a reminder were left out.</source>
        <translation>
            <numerusform>%n contract without a reminder was left out.</numerusform>
            <numerusform>%n contracts without a reminder were left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n reminder(s) copied.</source>
        <translation>
            <numerusform>%n reminder copied.</numerusform>
            <numerusform>%n reminders copied.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n reminder(s) saved.</source>
        <translation>
            <numerusform>%n reminder saved.</numerusform>
            <numerusform>%n reminders saved.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReviewSheet</name>
    <message numerus="yes">
        <source>%n party(ies) not yet checked</source>
        <translation>
            <numerusform>%n party not yet checked</numerusform>
            <numerusform>%n parties not yet checked</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reserves %n contract(s), about ¥{amount}.</source>
        <translation>
            <numerusform>Reserves %n contract, about ¥{amount}.</numerusform>
            <numerusform>Reserves %n contracts, about ¥{amount}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{name} pays for %n contract(s).</source>
        <translation>
            <numerusform>{name} pays for %n contract.</numerusform>
            <numerusform>{name} pays for %n contracts.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RevokeSheet</name>
    <message numerus="yes">
        <source>%n contract(s) couldn&apos;t be revoked:</source>
        <translation>
            <numerusform>%n contract couldn&apos;t be revoked:</numerusform>
            <numerusform>%n contracts couldn&apos;t be revoked:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s) not revoked because you stopped.</source>
        <translation>
            <numerusform>%n contract not revoked because you stopped.</numerusform>
            <numerusform>%n contracts not revoked because you stopped.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s) revoked.</source>
        <translation>
            <numerusform>%n contract revoked.</numerusform>
            <numerusform>%n contracts revoked.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Revoke %n contract(s)</source>
        <translation>
            <numerusform>Revoke %n contract</numerusform>
            <numerusform>Revoke %n contracts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Revoke %n contract(s) for all signers? This can&apos;t be undone.</source>
        <translation>
            <numerusform>Revoke %n contract for all signers? This can&apos;t be undone.</numerusform>
            <numerusform>Revoke %n contracts for all signers? This can&apos;t be undone.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Revoking %n contract(s)…</source>
        <translation>
            <numerusform>Revoking %n contract…</numerusform>
            <numerusform>Revoking %n contracts…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RowFilterBar</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n row</numerusform>
            <numerusform>%n rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunWords</name>
    <message numerus="yes">
        <source>%n contract(s) sent</source>
        <translation>
            <numerusform>%n contract sent</numerusform>
            <numerusform>%n contracts sent</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s) sent in this run</source>
        <translation>
            <numerusform>%n contract sent in this run</numerusform>
            <numerusform>%n contracts sent in this run</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more than your plan has left.</source>
        <translation>
            <numerusform>%n more than your plan has left.</numerusform>
            <numerusform>%n more than your plan has left.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) not sent</source>
        <translation>
            <numerusform>%n row not sent</numerusform>
            <numerusform>%n rows not sent</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n contract(s) sent.</source>
        <translation>
            <numerusform>The contract has been sent.</numerusform>
            <numerusform>All %n contracts sent.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reserves %n contract(s), about ¥{amount}</source>
        <translation>
            <numerusform>Reserves %n contract, about ¥{amount}</numerusform>
            <numerusform>Reserves %n contracts, about ¥{amount}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Send %n contract(s)</source>
        <translation>
            <numerusform>Send %n contract</numerusform>
            <numerusform>Send %n contracts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Send %n contract(s) — with legal effect</source>
        <translation>
            <numerusform>Send %n contract — with legal effect</numerusform>
            <numerusform>Send %n contracts — with legal effect</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SealCanvas</name>
    <message numerus="yes">
        <source>%n seal(s) reassigned to {signer}. Press Ctrl+Z to undo.</source>
        <translation>
            <numerusform>%n seal reassigned to {signer}. Press Ctrl+Z to undo.</numerusform>
            <numerusform>%n seals reassigned to {signer}. Press Ctrl+Z to undo.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SentFormsField</name>
    <message numerus="yes">
        <source>%n form(s) remembered, without customer data</source>
        <translation>
            <numerusform>%n form remembered, without customer data</numerusform>
            <numerusform>%n forms remembered, without customer data</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SeveralPrint</name>
    <message numerus="yes">
        <source>%n contract(s) couldn&apos;t be printed.</source>
        <translation>
            <numerusform>%n contract couldn&apos;t be printed.</numerusform>
            <numerusform>%n contracts couldn&apos;t be printed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s) printed.</source>
        <translation>
            <numerusform>%n contract printed.</numerusform>
            <numerusform>%n contracts printed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ShiftWindow</name>
    <message numerus="yes">
        <source>%n contract(s) revoked.</source>
        <translation>
            <numerusform>%n contract revoked.</numerusform>
            <numerusform>%n contracts revoked.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n couldn&apos;t be revoked. Try again later.</source>
        <translation>
            <numerusform>%n couldn&apos;t be revoked. Try again later.</numerusform>
            <numerusform>%n couldn&apos;t be revoked. Try again later.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SignerCard</name>
    <message numerus="yes">
        <source>%n seal(s)</source>
        <translation>
            <numerusform>%n seal</numerusform>
            <numerusform>%n seals</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SignerForm</name>
    <message numerus="yes">
        <source>%n contacts have this name. Choose one with the arrow keys.</source>
        <translation>
            <numerusform>%n contact has this name. Choose it with the arrow keys.</numerusform>
            <numerusform>%n contacts have this name. Choose one with the arrow keys.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SlicesPreview</name>
    <message numerus="yes">
        <source>%n part(s) of {width} mm</source>
        <translation>
            <numerusform>%n part of {width} mm</numerusform>
            <numerusform>%n parts of {width} mm</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SpanWords</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n day</numerusform>
            <numerusform>%n days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s)</source>
        <translation>
            <numerusform>%n hour</numerusform>
            <numerusform>%n hours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n minute</numerusform>
            <numerusform>%n minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n second(s)</source>
        <translation>
            <numerusform>%n second</numerusform>
            <numerusform>%n seconds</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SpokenCanvas</name>
    <message numerus="yes">
        <source>%n seal(s) changed</source>
        <translation>
            <numerusform>%n seal changed</numerusform>
            <numerusform>%n seals changed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seal(s) placed</source>
        <translation>
            <numerusform>%n seal placed</numerusform>
            <numerusform>%n seals placed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seal(s) removed</source>
        <translation>
            <numerusform>%n seal removed</numerusform>
            <numerusform>%n seals removed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TemplateList</name>
    <message numerus="yes">
        <source>%n field(s)</source>
        <translation>
            <numerusform>%n field</numerusform>
            <numerusform>%n fields</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TemplateStrip</name>
    <message numerus="yes">
        <source>%n field(s) are already filled in; their values become part of the template.</source>
        <translation>
            <numerusform>%n field is already filled in; its value becomes part of the template.</numerusform>
            <numerusform>%n fields are already filled in; their values become part of the template.</numerusform>
        </translation>
    </message>
</context>
</TS>

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
        <source>%n setting(s) differ from what is usual</source>
        <translation>
            <numerusform>%n setting differs from what is usual</numerusform>
            <numerusform>%n settings differ from what is usual</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BulkFoot</name>
    <message numerus="yes">
        <source>%n row(s) could not be sent.</source>
        <translation>
            <numerusform>%n row could not be sent.</numerusform>
            <numerusform>%n rows could not be sent.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) still to correct.</source>
        <translation>
            <numerusform>%n row still to correct.</numerusform>
            <numerusform>%n rows still to correct.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BulkRoom</name>
    <message numerus="yes">
        <source>%n row(s) saved in “{name}”.</source>
        <translation>
            <numerusform>%n row saved in “{name}”.</numerusform>
            <numerusform>%n rows saved in “{name}”.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CalibrationDialog</name>
    <message numerus="yes">
        <source>%n other mark(s) on the pages belong to no seal; they are dotted.</source>
        <translation>
            <numerusform>%n other mark on the pages belongs to no seal; it is dotted.</numerusform>
            <numerusform>%n other marks on the pages belong to no seal; they are dotted.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n setting(s) of {environment} should be changed</source>
        <translation>
            <numerusform>%n setting of {environment} should be changed</numerusform>
            <numerusform>%n settings of {environment} should be changed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConfirmSheet</name>
    <message numerus="yes">
        <source>%n of them continue(s) where it stopped; nobody gets it twice.</source>
        <translation>
            <numerusform>%n of them continues where it stopped; nobody gets it twice.</numerusform>
            <numerusform>%n of them continue where they stopped; nobody gets it twice.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them was sent before: who got it gets another one.</source>
        <translation>
            <numerusform>%n of them was sent before: who got it gets another one.</numerusform>
            <numerusform>%n of them were sent before: who got them gets another one.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) need your decision: whether they arrived is not known.</source>
        <translation>
            <numerusform>%n row needs your decision: whether it arrived is not known.</numerusform>
            <numerusform>%n rows need your decision: whether they arrived is not known.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) sent already: nobody gets a contract twice.</source>
        <translation>
            <numerusform>%n row sent already: nobody gets a contract twice.</numerusform>
            <numerusform>%n rows sent already: nobody gets a contract twice.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) that the platform made otherwise: look at them in Track.</source>
        <translation>
            <numerusform>%n row that the platform made otherwise: look at it in Track.</numerusform>
            <numerusform>%n rows that the platform made otherwise: look at them in Track.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) to correct: they can be sent later, from the same sheet.</source>
        <translation>
            <numerusform>%n row to correct: it can be sent later, from the same sheet.</numerusform>
            <numerusform>%n rows to correct: they can be sent later, from the same sheet.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>By the preset, signing ends %n minute(s) after sending.</source>
        <translation>
            <numerusform>By the preset, signing ends %n minute after sending.</numerusform>
            <numerusform>By the preset, signing ends %n minutes after sending.</numerusform>
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
        <source>and %n more row(s), as the grid shows them.</source>
        <translation>
            <numerusform>and %n more row, as the grid shows it.</numerusform>
            <numerusform>and %n more rows, as the grid shows them.</numerusform>
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
        <source>%n contact(s) edited or used since stayed as they are.</source>
        <translation>
            <numerusform>%n contact edited or used since stayed as they are.</numerusform>
            <numerusform>%n contacts edited or used since stayed as they are.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contact(s) written to {name}.</source>
        <translation>
            <numerusform>%n contact written to {name}.</numerusform>
            <numerusform>%n contacts written to {name}.</numerusform>
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
        <source>On %n more page(s).</source>
        <translation>
            <numerusform>On %n more page.</numerusform>
            <numerusform>On %n more pages.</numerusform>
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
    <name>CoverageModel</name>
    <message numerus="yes">
        <source>%n seal(s)</source>
        <translation>
            <numerusform>%n seal</numerusform>
            <numerusform>%n seals</numerusform>
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
        <source>%n contract(s), reserved when signers see it</source>
        <translation>
            <numerusform>%n contract, reserved when signers see it</numerusform>
            <numerusform>%n contracts, reserved when signers see them</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Revoke the %n chosen…</source>
        <translation>
            <numerusform>Revoke the %n chosen…</numerusform>
            <numerusform>Revoke the %n chosen…</numerusform>
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
    <name>DocumentsPage</name>
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
        <source>%n cross-page seal(s) stood at another edge of turned pages, now at the right one. Look at them.</source>
        <translation>
            <numerusform>%n cross-page seal stood at another edge of turned pages, now at the right one. Look at it.</numerusform>
            <numerusform>%n cross-page seals stood at another edge of turned pages, now at the right one. Look at them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n keyword(s) became fixed seals, where they were: no one offset suits all pages.</source>
        <translation>
            <numerusform>%n keyword became fixed seals, where they were: no one offset suits all pages.</numerusform>
            <numerusform>%n keywords became fixed seals, where they were: no one offset suits all pages.</numerusform>
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
        <source>%n contract(s) could not be downloaded.</source>
        <translation>
            <numerusform>%n contract could not be downloaded.</numerusform>
            <numerusform>%n contracts could not be downloaded.</numerusform>
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
    <name>FlowTimelineList</name>
    <message numerus="yes">
        <source>%n contract(s) released</source>
        <translation>
            <numerusform>%n contract released</numerusform>
            <numerusform>%n contracts released</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Completed; %n contract(s) used</source>
        <translation>
            <numerusform>Completed; %n contract used</numerusform>
            <numerusform>Completed; %n contracts used</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Sent; %n contract(s) reserved</source>
        <translation>
            <numerusform>Sent; %n contract reserved</numerusform>
            <numerusform>Sent; %n contracts reserved</numerusform>
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
        <source>%n entry(s) of the file could not be read.</source>
        <translation>
            <numerusform>%n entry of the file could not be read.</numerusform>
            <numerusform>%n entries of the file could not be read.</numerusform>
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
    <name>InterruptedWork</name>
    <message numerus="yes">
        <source>%n send(s) did not come to an end.</source>
        <translation>
            <numerusform>One send did not come to an end.</numerusform>
            <numerusform>%n sends did not come to an end.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>KeywordBar</name>
    <message numerus="yes">
        <source>%n match(es); their places are being read…</source>
        <translation>
            <numerusform>%n match; its place is being read…</numerusform>
            <numerusform>%n matches; their places are being read…</numerusform>
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
        <source>%n value(s) can&apos;t be read where they belong.</source>
        <translation>
            <numerusform>%n value can&apos;t be read where it belongs.</numerusform>
            <numerusform>%n values can&apos;t be read where they belong.</numerusform>
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
        <source>And %n more difference(s).</source>
        <translation>
            <numerusform>And %n more difference.</numerusform>
            <numerusform>And %n more differences.</numerusform>
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
        <source>%n hour(s), for a correction</source>
        <translation>
            <numerusform>%n hour, for a correction</numerusform>
            <numerusform>%n hours, for a correction</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>after %n minute(s) without use</source>
        <translation>
            <numerusform>after %n minute without use</numerusform>
            <numerusform>after %n minutes without use</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>at least %n digit(s)</source>
        <translation>
            <numerusform>at least %n digit</numerusform>
            <numerusform>at least %n digits</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PeopleList</name>
    <message numerus="yes">
        <source>%n more: type a name</source>
        <translation>
            <numerusform>%n more: type a name</numerusform>
            <numerusform>%n more: type a name</numerusform>
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
    <name>PresetCards</name>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n page</numerusform>
            <numerusform>%n pages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PresetEditor</name>
    <message numerus="yes">
        <source>And %n more.</source>
        <translation>
            <numerusform>And one more.</numerusform>
            <numerusform>And %n more.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PresetListWindow</name>
    <message numerus="yes">
        <source>%n customer(s) at the counter</source>
        <translation>
            <numerusform>%n customer at the counter</numerusform>
            <numerusform>%n customers at the counter</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n signer(s) in all</source>
        <translation>
            <numerusform>%n signer in all</numerusform>
            <numerusform>%n signers in all</numerusform>
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
        <source>%n place(s)</source>
        <translation>
            <numerusform>%n place</numerusform>
            <numerusform>%n places</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuotaDialog</name>
    <message numerus="yes">
        <source>%n day(s) to go</source>
        <translation>
            <numerusform>%n day to go</numerusform>
            <numerusform>%n days to go</numerusform>
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
        <source>%n seal(s) are not where you placed them.</source>
        <translation>
            <numerusform>%n seal is not where you placed it.</numerusform>
            <numerusform>%n seals are not where you placed them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stamp(s) stand where you placed none.</source>
        <translation>
            <numerusform>%n stamp stands where you placed none.</numerusform>
            <numerusform>%n stamps stand where you placed none.</numerusform>
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
    <name>ReviewSheet</name>
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
        <source>%n contract(s) revoked.</source>
        <translation>
            <numerusform>%n contract revoked.</numerusform>
            <numerusform>%n contracts revoked.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be revoked:</source>
        <translation>
            <numerusform>%n could not be revoked:</numerusform>
            <numerusform>%n could not be revoked:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n left as they were, because it was stopped.</source>
        <translation>
            <numerusform>%n left as they were, because it was stopped.</numerusform>
            <numerusform>%n left as they were, because it was stopped.</numerusform>
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
        <source>Revoke %n contract(s) for everybody? This can&apos;t be undone.</source>
        <translation>
            <numerusform>Revoke %n contract for everybody? This can&apos;t be undone.</numerusform>
            <numerusform>Revoke %n contracts for everybody? This can&apos;t be undone.</numerusform>
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
        <source>%n more than the package has left.</source>
        <translation>
            <numerusform>%n more than the package has left.</numerusform>
            <numerusform>%n more than the package has left.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) not</source>
        <translation>
            <numerusform>%n row not</numerusform>
            <numerusform>%n rows not</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n contract(s) sent.</source>
        <translation>
            <numerusform>The one contract is sent.</numerusform>
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
        <source>%n seal(s) now signed by {signer}. Press Ctrl+Z to undo.</source>
        <translation>
            <numerusform>%n seal now signed by {signer}. Press Ctrl+Z to undo.</numerusform>
            <numerusform>%n seals now signed by {signer}. Press Ctrl+Z to undo.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SealsPage</name>
    <message numerus="yes">
        <source>%n seal(s), on page {pages}.</source>
        <translation>
            <numerusform>%n seal, on page {pages}.</numerusform>
            <numerusform>%n seals, on pages {pages}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Yes, place all %n seals</source>
        <translation>
            <numerusform>Yes, place the seal</numerusform>
            <numerusform>Yes, place all %n seals</numerusform>
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
        <source>%n could not be revoked; try again later.</source>
        <translation>
            <numerusform>%n could not be revoked; try again later.</numerusform>
            <numerusform>%n could not be revoked; try again later.</numerusform>
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
    <name>SlicesPreview</name>
    <message numerus="yes">
        <source>%n slice(s) of {width} mm</source>
        <translation>
            <numerusform>%n slice of {width} mm</numerusform>
            <numerusform>%n slices of {width} mm</numerusform>
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
    <name>TablesPane</name>
    <message numerus="yes">
        <source>Adds %n page(s)</source>
        <translation>
            <numerusform>Adds %n page</numerusform>
            <numerusform>Adds %n pages</numerusform>
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
    <name>TemplateSheet</name>
    <message numerus="yes">
        <source>%n field(s) are filled in already: what stands in them becomes part of the template.</source>
        <translation>
            <numerusform>%n field is filled in already: what stands in it becomes part of the template.</numerusform>
            <numerusform>%n fields are filled in already: what stands in them becomes part of the template.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TemplatesRoom</name>
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
</context>
</TS>

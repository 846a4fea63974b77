<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Free software under the GNU Affero General Public License, version 3 or later, without any warranty. You may use, study, share and change it; anyone who receives it from you has the same rights.</source>
        <translation>本程序是自由软件，依 GNU Affero 通用公共许可证第 3 版或更新版本发布，不提供任何担保。您可以使用、研究、分享和修改它；从您那里得到它的人享有同样的权利。</translation>
    </message>
    <message>
        <source>Log: {folder}</source>
        <translation>日志：{folder}</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>打开日志文件夹</translation>
    </message>
    <message>
        <source>PDF rendering by MuPDF (AGPL), user interface by Qt (LGPL).</source>
        <translation>PDF 由 MuPDF（AGPL）绘制，界面由 Qt（LGPL）提供。</translation>
    </message>
    <message>
        <source>Prepare, send and track contracts for electronic signature.</source>
        <translation>准备、发起并跟踪电子签署合同。</translation>
    </message>
    <message>
        <source>Version {version}, Qt {qt}, Python {python}</source>
        <translation>版本 {version}，Qt {qt}，Python {python}</translation>
    </message>
    <message>
        <source>esign-desktop</source>
        <translation>电子签桌面</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>&amp;About</source>
        <translation>关于(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Actual size</source>
        <translation>实际大小(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>复制(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Counter</source>
        <translation>柜台(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>删除(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Find command…</source>
        <translation>查找命令(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Find text…</source>
        <translation>查找文字(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Go to page…</source>
        <translation>转到页(&amp;G)…</translation>
    </message>
    <message>
        <source>&amp;History…</source>
        <translation>历史记录(&amp;H)…</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Manual</source>
        <translation>使用手册(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;New contract</source>
        <translation>新建合同(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Next problem</source>
        <translation>下一个问题(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Open PDF…</source>
        <translation>打开 PDF(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>粘贴(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Rehearsal console…</source>
        <translation>演练控制台(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>40 mm wide</source>
        <translation>宽 40 mm</translation>
    </message>
    <message>
        <source>42 mm wide</source>
        <translation>宽 42 mm</translation>
    </message>
    <message>
        <source>45 mm wide</source>
        <translation>宽 45 mm</translation>
    </message>
    <message>
        <source>A&amp;ll drafts…</source>
        <translation>全部草稿(&amp;L)…</translation>
    </message>
    <message>
        <source>Add &amp;organization</source>
        <translation>添加企业签署方(&amp;O)</translation>
    </message>
    <message>
        <source>Add our o&amp;wn organization</source>
        <translation>添加我方(&amp;W)</translation>
    </message>
    <message>
        <source>Add p&amp;erson</source>
        <translation>添加个人签署方(&amp;E)</translation>
    </message>
    <message>
        <source>Align bottom edges</source>
        <translation>下对齐</translation>
    </message>
    <message>
        <source>Align horizontal centers</source>
        <translation>水平居中对齐</translation>
    </message>
    <message>
        <source>Align left edges</source>
        <translation>左对齐</translation>
    </message>
    <message>
        <source>Align right edges</source>
        <translation>右对齐</translation>
    </message>
    <message>
        <source>Align top edges</source>
        <translation>上对齐</translation>
    </message>
    <message>
        <source>Align vertical centers</source>
        <translation>垂直居中对齐</translation>
    </message>
    <message>
        <source>Bulk</source>
        <translation>批量</translation>
    </message>
    <message>
        <source>Confirm seal positions</source>
        <translation>确认印章位置</translation>
    </message>
    <message>
        <source>Contacts</source>
        <translation>联系人</translation>
    </message>
    <message>
        <source>Convert to coordinates</source>
        <translation>转为坐标</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>复制链接</translation>
    </message>
    <message>
        <source>Copy reminder</source>
        <translation>复制提醒</translation>
    </message>
    <message>
        <source>Copy to pages…</source>
        <translation>复制到其他页…</translation>
    </message>
    <message>
        <source>Correct and send again</source>
        <translation>更正后重新发起</translation>
    </message>
    <message>
        <source>Cross-page</source>
        <translation>骑缝章</translation>
    </message>
    <message>
        <source>Cu&amp;t</source>
        <translation>剪切(&amp;T)</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>剪切</translation>
    </message>
    <message>
        <source>D&amp;iscard this contract</source>
        <translation>丢弃此合同(&amp;I)</translation>
    </message>
    <message>
        <source>Details…</source>
        <translation>详细设置…</translation>
    </message>
    <message>
        <source>Distribute horizontally</source>
        <translation>水平等距分布</translation>
    </message>
    <message>
        <source>Distribute vertically</source>
        <translation>垂直等距分布</translation>
    </message>
    <message>
        <source>Download signed files</source>
        <translation>下载已签文件</translation>
    </message>
    <message>
        <source>Download the original</source>
        <translation>下载原文</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>创建副本</translation>
    </message>
    <message>
        <source>Final loo&amp;k</source>
        <translation>定稿效果(&amp;K)</translation>
    </message>
    <message>
        <source>Fit &amp;page</source>
        <translation>适合整页(&amp;P)</translation>
    </message>
    <message>
        <source>Fit &amp;width</source>
        <translation>适合宽度(&amp;W)</translation>
    </message>
    <message>
        <source>From a &amp;template…</source>
        <translation>从模板(&amp;T)…</translation>
    </message>
    <message>
        <source>Group pages for cross-page seal</source>
        <translation>按页分组</translation>
    </message>
    <message>
        <source>Keyword</source>
        <translation>关键字</translation>
    </message>
    <message>
        <source>Loc&amp;k</source>
        <translation>锁定(&amp;K)</translation>
    </message>
    <message>
        <source>Merge signed files…</source>
        <translation>合并已签文件…</translation>
    </message>
    <message>
        <source>Move signer earlier</source>
        <translation>签署方提前一步</translation>
    </message>
    <message>
        <source>Move signer later</source>
        <translation>签署方推后一步</translation>
    </message>
    <message>
        <source>Open &amp;log folder</source>
        <translation>打开日志文件夹(&amp;L)</translation>
    </message>
    <message>
        <source>Open in browser</source>
        <translation>在浏览器中打开</translation>
    </message>
    <message>
        <source>Open the signed file</source>
        <translation>打开已签文件</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Prepare</source>
        <translation>准备</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>常用合同</translation>
    </message>
    <message>
        <source>Print signed files…</source>
        <translation>打印已签文件…</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Review and &amp;send</source>
        <translation>核对并发起(&amp;S)</translation>
    </message>
    <message>
        <source>Revoke</source>
        <translation>撤回</translation>
    </message>
    <message>
        <source>Save as &amp;preset…</source>
        <translation>存为常用合同(&amp;P)…</translation>
    </message>
    <message>
        <source>Seal</source>
        <translation>印章</translation>
    </message>
    <message>
        <source>Search contracts</source>
        <translation>搜索合同</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Select &amp;all</source>
        <translation>全选(&amp;A)</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Show QR code</source>
        <translation>显示二维码</translation>
    </message>
    <message>
        <source>Show first &amp;steps</source>
        <translation>显示新手提示(&amp;S)</translation>
    </message>
    <message>
        <source>Sign together with previous step</source>
        <translation>签署方与上一步同时签署</translation>
    </message>
    <message>
        <source>Track</source>
        <translation>跟踪</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>放大(&amp;I)</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>缩小(&amp;O)</translation>
    </message>
</context>
<context>
    <name>AddTemplateDialog</name>
    <message>
        <source>&amp;Choose…</source>
        <translation>选择(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Template ID</source>
        <translation>模板 ID(&amp;T)</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Add a template that was created elsewhere in this environment and project. If you also add its PDF, this computer can show the template&apos;s pages and fields. You can add the PDF later.</source>
        <translation>添加在同一环境和项目中、由其他途径制作的模板。提供其 PDF 后，本机即可显示模板的页面和填写项；PDF 也可以以后再添加。</translation>
    </message>
    <message>
        <source>Add template by ID</source>
        <translation>按 ID 添加模板</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Choose the PDF the template was created from</source>
        <translation>选择制作该模板所用的 PDF</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Template PDF</source>
        <translation>模板 PDF</translation>
    </message>
</context>
<context>
    <name>AgentsEditor</name>
    <message>
        <source>Add a representative: name, pinyin or last digits</source>
        <translation>添加经办人：姓名、拼音或尾号</translation>
    </message>
    <message>
        <source>Add authorized representative</source>
        <translation>添加经办人</translation>
    </message>
    <message>
        <source>Authorized representatives</source>
        <translation>经办人</translation>
    </message>
    <message>
        <source>No match. Add this person to Contacts first.</source>
        <translation>没有找到。请先将此人添加到联系人。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Search results</source>
        <translation>查找结果</translation>
    </message>
    <message>
        <source>Set as default</source>
        <translation>设为默认</translation>
    </message>
    <message>
        <source>{name} (default)</source>
        <translation>{name}（默认）</translation>
    </message>
</context>
<context>
    <name>AnswerWords</name>
    <message>
        <source>1 to select, 0 to clear</source>
        <translation>勾选输入 1，不勾选输入 0</translation>
    </message>
    <message>
        <source>Amount in yuan, in digits</source>
        <translation>金额（元），请输入数字</translation>
    </message>
    <message>
        <source>Date, such as 2026-03-09 or 20260309</source>
        <translation>日期，如 2026-03-09 或 20260309</translation>
    </message>
    <message>
        <source>Exactly as it should appear in the form</source>
        <translation>按合同上应有的内容输入</translation>
    </message>
    <message>
        <source>Mobile number</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>Number, in digits</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>Option number</source>
        <translation>选项序号</translation>
    </message>
    <message>
        <source>Resident ID number</source>
        <translation>居民身份证号码</translation>
    </message>
    <message>
        <source>{label} (optional)</source>
        <translation>{label}（可不填）</translation>
    </message>
</context>
<context>
    <name>AuditDialog</name>
    <message numerus="yes">
        <source>%n line(s) exported.</source>
        <translation>
            <numerusform>已导出 %n 条记录。</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Export as CSV…</source>
        <translation>导出为 CSV(&amp;E)…</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Audit log of this computer</source>
        <translation>本机操作记录</translation>
    </message>
    <message>
        <source>Checking the log for changes…</source>
        <translation>正在检查操作记录是否完整…</translation>
    </message>
    <message>
        <source>Checksum</source>
        <translation>校验码</translation>
    </message>
    <message>
        <source>Contract</source>
        <translation>合同</translation>
    </message>
    <message>
        <source>Counter PIN</source>
        <translation>柜台 PIN 码</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境</translation>
    </message>
    <message>
        <source>Export the log</source>
        <translation>导出操作记录</translation>
    </message>
    <message>
        <source>Filter by any word</source>
        <translation>按任意文字筛选</translation>
    </message>
    <message>
        <source>Flow number</source>
        <translation>流程编号</translation>
    </message>
    <message>
        <source>Line {number} was changed, or a line before it is missing.</source>
        <translation>第 {number} 条记录与写入时不一致，或其前有记录缺失。</translation>
    </message>
    <message>
        <source>Lines from which a deleted person&apos;s name was erased: {count}.</source>
        <translation>其中 {count} 条已抹去被清除人员的姓名。</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>QR code</source>
        <translation>二维码</translation>
    </message>
    <message>
        <source>The log is complete: no lines were changed or removed. Checksum: {seal}</source>
        <translation>操作记录完整：没有一条被改动或删除。校验码 {seal}</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>approved by a second person</source>
        <translation>第二人复核</translation>
    </message>
    <message>
        <source>audit log</source>
        <translation>操作记录</translation>
    </message>
    <message>
        <source>automatic download</source>
        <translation>自动下载</translation>
    </message>
    <message>
        <source>backup folder</source>
        <translation>备份文件夹</translation>
    </message>
    <message>
        <source>bulk send</source>
        <translation>批量发起</translation>
    </message>
    <message>
        <source>bulk send result</source>
        <translation>批量发起结果</translation>
    </message>
    <message>
        <source>bulk send started</source>
        <translation>开始批量发起</translation>
    </message>
    <message>
        <source>changed lines: {count}</source>
        <translation>已更改的条数：{count}</translation>
    </message>
    <message>
        <source>contacts</source>
        <translation>联系人</translation>
    </message>
    <message>
        <source>contacts imported</source>
        <translation>导入联系人</translation>
    </message>
    <message>
        <source>customer received from banking system</source>
        <translation>业务系统传入客户</translation>
    </message>
    <message>
        <source>data restored</source>
        <translation>恢复数据</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>downloaded</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>environment address or project</source>
        <translation>环境的地址或项目</translation>
    </message>
    <message>
        <source>environment switched</source>
        <translation>切换签署环境</translation>
    </message>
    <message>
        <source>exported</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>folder for signed files</source>
        <translation>签署文件保存位置</translation>
    </message>
    <message>
        <source>list of contracts</source>
        <translation>合同列表</translation>
    </message>
    <message>
        <source>logo on the customer&apos;s screen</source>
        <translation>客户屏标志</translation>
    </message>
    <message>
        <source>management policy in effect</source>
        <translation>生效的管理策略</translation>
    </message>
    <message>
        <source>opened for correction</source>
        <translation>打开更正</translation>
    </message>
    <message>
        <source>organization name on the customer&apos;s screen</source>
        <translation>客户屏单位名称</translation>
    </message>
    <message>
        <source>original downloaded</source>
        <translation>下载原文</translation>
    </message>
    <message>
        <source>person deleted</source>
        <translation>清除个人信息</translation>
    </message>
    <message>
        <source>platform notification receiver</source>
        <translation>平台通知接收端口</translation>
    </message>
    <message>
        <source>preset deleted</source>
        <translation>删除常用合同</translation>
    </message>
    <message>
        <source>preset from the shared folder</source>
        <translation>来自共享文件夹的常用合同</translation>
    </message>
    <message>
        <source>preset imported</source>
        <translation>导入常用合同</translation>
    </message>
    <message>
        <source>preset saved</source>
        <translation>保存常用合同</translation>
    </message>
    <message>
        <source>preset shortcut key set</source>
        <translation>设置常用合同快捷键</translation>
    </message>
    <message>
        <source>price list</source>
        <translation>价格档位</translation>
    </message>
    <message>
        <source>printed</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>project secret changed</source>
        <translation>更改项目密钥</translation>
    </message>
    <message>
        <source>reminders with signing links</source>
        <translation>含签署链接的提醒</translation>
    </message>
    <message>
        <source>revoked</source>
        <translation>撤回</translation>
    </message>
    <message>
        <source>sent</source>
        <translation>发起</translation>
    </message>
    <message>
        <source>sent despite differences from the document</source>
        <translation>确认继续（与合同文本不符）</translation>
    </message>
    <message>
        <source>setting changed</source>
        <translation>更改设置</translation>
    </message>
    <message>
        <source>shift sheet</source>
        <translation>班次清单</translation>
    </message>
    <message>
        <source>signed file</source>
        <translation>已签文件</translation>
    </message>
    <message>
        <source>signed files merged into one</source>
        <translation>已签文件合并成的文件</translation>
    </message>
    <message>
        <source>teller PIN changed</source>
        <translation>更改柜员 PIN 码</translation>
    </message>
    <message>
        <source>teller list changed</source>
        <translation>更改柜员名单</translation>
    </message>
    <message>
        <source>teller signed in</source>
        <translation>柜员登录</translation>
    </message>
    <message>
        <source>wrong PIN</source>
        <translation>PIN 码错误</translation>
    </message>
    <message>
        <source>wrong counter PIN</source>
        <translation>柜台 PIN 码错误</translation>
    </message>
</context>
<context>
    <name>AutoDownload</name>
    <message>
        <source>Completed</source>
        <translation>全部签署完成</translation>
    </message>
    <message>
        <source>“{title}”: the signed files have been downloaded to this computer.</source>
        <translation>“{title}”的已签文件已下载到本机。</translation>
    </message>
</context>
<context>
    <name>BackupForm</name>
    <message>
        <source>All contracts are backed up as of {time}.</source>
        <translation>截至 {time}，全部合同均已备份。</translation>
    </message>
    <message>
        <source>Back up now</source>
        <translation>立即备份</translation>
    </message>
    <message>
        <source>Back up to this folder</source>
        <translation>开始备份到此处</translation>
    </message>
    <message>
        <source>Backup folder</source>
        <translation>备份文件夹</translation>
    </message>
    <message>
        <source>Backup folder on a network share or USB drive</source>
        <translation>备份文件夹（共享文件夹或 U 盘）</translation>
    </message>
    <message>
        <source>Backup passphrase</source>
        <translation>备份口令</translation>
    </message>
    <message>
        <source>Backup stopped. The files in the folder are kept.</source>
        <translation>已停止备份。文件夹中的内容保持不变。</translation>
    </message>
    <message>
        <source>Checking the folder…</source>
        <translation>正在检查文件夹…</translation>
    </message>
    <message>
        <source>Choose folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>Computer</source>
        <translation>电脑</translation>
    </message>
    <message>
        <source>Draft documents not backed up (moved, changed or too large): {count}.</source>
        <translation>未备份的草稿文件（已移走、已更改或过大）：{count} 个。</translation>
    </message>
    <message>
        <source>Drafts, presets and accounts backed up {time}, {size} MB.</source>
        <translation>草稿、常用合同和账号备份于 {time}，{size} MB。</translation>
    </message>
    <message>
        <source>Enter passphrase again</source>
        <translation>再次输入口令</translation>
    </message>
    <message>
        <source>Folder with another computer&apos;s backup</source>
        <translation>存有另一台电脑备份的文件夹</translation>
    </message>
    <message>
        <source>From another computer</source>
        <translation>来自另一台电脑</translation>
    </message>
    <message>
        <source>Keep the passphrase somewhere other than this computer. Without it, no one can read the backup, not even you.</source>
        <translation>请将口令保存在本机以外：没有口令，任何人（包括您）都无法读取备份。</translation>
    </message>
    <message>
        <source>None: the list of contracts is only on this computer</source>
        <translation>未选择：合同列表只在本机</translation>
    </message>
    <message>
        <source>Not backed up since {time}.</source>
        <translation>自 {time} 起未备份。</translation>
    </message>
    <message>
        <source>Passphrase (enter twice)</source>
        <translation>口令（输入两次）</translation>
    </message>
    <message>
        <source>People whose data was deleted here remain in the backup until the folder is available.</source>
        <translation>已在本机清除的人员仍存在于备份中，待文件夹可用时即会清除。</translation>
    </message>
    <message>
        <source>Restart the program to finish.</source>
        <translation>请重新启动程序以完成恢复。</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Restore from backup…</source>
        <translation>从备份恢复…</translation>
    </message>
    <message>
        <source>Restoring…</source>
        <translation>正在恢复…</translation>
    </message>
    <message>
        <source>Starting backup…</source>
        <translation>备份即将开始…</translation>
    </message>
    <message>
        <source>Stop backup</source>
        <translation>停止备份</translation>
    </message>
    <message>
        <source>The list of contracts exists only on this computer. With a backup folder on a network share or USB drive, the list survives even if this computer fails. Contracts are backed up immediately; drafts, presets and accounts once a day. Everything is encrypted with a passphrase.</source>
        <translation>合同列表只存在于本机。放入共享文件夹或 U 盘上的备份文件夹后，即使本机损坏也不会丢失：合同即时备份，草稿、常用合同和账号每天备份一次。全部内容均以口令加密。</translation>
    </message>
    <message>
        <source>The passphrases don&apos;t match. Enter them again.</source>
        <translation>两次输入的口令不一致，请重新输入。</translation>
    </message>
    <message>
        <source>This computer has no keyring, so you&apos;ll be asked for the passphrase at the next start.</source>
        <translation>本机没有系统密钥环：下次启动时需再次输入口令。</translation>
    </message>
    <message>
        <source>This folder is on the same disk as the program&apos;s data. If that disk fails, both are lost.</source>
        <translation>此文件夹与程序数据在同一块磁盘上：磁盘损坏时会一同丢失。</translation>
    </message>
    <message>
        <source>{name}, last backup time unknown</source>
        <translation>{name}，最近备份时间未知</translation>
    </message>
    <message>
        <source>{name}, last backup {time}</source>
        <translation>{name}，最近备份于 {time}</translation>
    </message>
</context>
<context>
    <name>BackupWatch</name>
    <message>
        <source>Not backed up since {time}</source>
        <translation>自 {time} 起未备份</translation>
    </message>
</context>
<context>
    <name>BackupWords</name>
    <message>
        <source>Not copied to page {pages}: the document has no such page.</source>
        <translation>第 {pages} 页未复制：文件没有该页。</translation>
    </message>
    <message>
        <source>Not copied to page {pages}: the seal doesn&apos;t fit.</source>
        <translation>第 {pages} 页未复制：印章放不下。</translation>
    </message>
    <message>
        <source>Not pasted: a cross-page seal needs at least two pages of {name}.</source>
        <translation>未粘贴：骑缝章至少需要“{name}”的两页。</translation>
    </message>
    <message>
        <source>Not pasted: first add a signer for the seals.</source>
        <translation>未粘贴：请先添加签署方，印章将归其所有。</translation>
    </message>
    <message>
        <source>Not pasted: the document has no such page.</source>
        <translation>未粘贴：文件没有该页。</translation>
    </message>
    <message>
        <source>Not pasted: the document is not part of this contract.</source>
        <translation>未粘贴：该文件不在此合同中。</translation>
    </message>
</context>
<context>
    <name>BehaviourGroup</name>
    <message numerus="yes">
        <source>%n setting(s) differ from the default</source>
        <translation>
            <numerusform>%n 项与默认设置不同</numerusform>
        </translation>
    </message>
    <message>
        <source>Platform behavior</source>
        <translation>平台行为</translation>
    </message>
    <message>
        <source>Restore default settings</source>
        <translation>恢复默认设置</translation>
    </message>
    <message>
        <source>The platform&apos;s documentation doesn&apos;t specify these behaviors. Seals are placed, drawn and checked according to these settings, so a wrong setting puts seals in the wrong place.</source>
        <translation>平台文档对以下各项没有说明。印章的定位、显示和检查都以此处的选择为准，选错会使印章盖偏。</translation>
    </message>
</context>
<context>
    <name>BehaviourWords</name>
    <message>
        <source>Accepted</source>
        <translation>平台接受</translation>
    </message>
    <message>
        <source>Before signers see the contract</source>
        <translation>签署方看到合同之前</translation>
    </message>
    <message>
        <source>Changed mobile number</source>
        <translation>更换手机号</translation>
    </message>
    <message>
        <source>Contract is reserved</source>
        <translation>合同份数冻结时间</translation>
    </message>
    <message>
        <source>Cross-page seal</source>
        <translation>骑缝章</translation>
    </message>
    <message>
        <source>Default width of organization seals</source>
        <translation>企业印章默认宽度</translation>
    </message>
    <message>
        <source>Default width of personal seals</source>
        <translation>个人印章默认宽度</translation>
    </message>
    <message>
        <source>Field name for the type of appended pages</source>
        <translation>附加页类型的参数名</translation>
    </message>
    <message>
        <source>First page shows the left-hand part of the seal (default)</source>
        <translation>首页为印章左侧部分（默认）</translation>
    </message>
    <message>
        <source>First page shows the right-hand part of the seal</source>
        <translation>首页为印章右侧部分</translation>
    </message>
    <message>
        <source>Ignored: the old number is kept</source>
        <translation>平台忽略，保留原号码</translation>
    </message>
    <message>
        <source>Keyword offset starts at</source>
        <translation>关键字偏移起点</translation>
    </message>
    <message>
        <source>Lower-left corner of the seal</source>
        <translation>印章左下角</translation>
    </message>
    <message>
        <source>Lower-left corner of the text (default)</source>
        <translation>文字左下角（默认）</translation>
    </message>
    <message>
        <source>Lower-right corner of the text</source>
        <translation>文字右下角</translation>
    </message>
    <message>
        <source>Only after signers see the contract</source>
        <translation>签署方看到合同之后</translation>
    </message>
    <message>
        <source>Rejected: the old number is kept</source>
        <translation>平台拒绝，保留原号码</translation>
    </message>
    <message>
        <source>Seal center (default)</source>
        <translation>印章中心（默认）</translation>
    </message>
    <message>
        <source>Seal reference point</source>
        <translation>印章基准点</translation>
    </message>
    <message>
        <source>Signing links are returned</source>
        <translation>签署链接返回时间</translation>
    </message>
    <message>
        <source>Text center</source>
        <translation>文字中心</translation>
    </message>
    <message>
        <source>Unknown until the first contract is sent</source>
        <translation>尚不清楚：发起第一份合同后得知</translation>
    </message>
    <message>
        <source>Unknown: ask the platform each time</source>
        <translation>不清楚：每次询问平台</translation>
    </message>
    <message>
        <source>When signers see the contract</source>
        <translation>签署方看到合同时</translation>
    </message>
    <message>
        <source>When the contract is created (default)</source>
        <translation>创建合同时（默认）</translation>
    </message>
    <message>
        <source>contentType (default)</source>
        <translation>contentType（默认）</translation>
    </message>
    <message>
        <source>mimeType</source>
        <translation>mimeType</translation>
    </message>
    <message>
        <source>{length} mm</source>
        <translation>{length} mm</translation>
    </message>
</context>
<context>
    <name>BlankFields</name>
    <message>
        <source>Blank</source>
        <translation>空白处</translation>
    </message>
    <message numerus="yes">
        <source>Fields were added at %n blanks. Check their names and kinds.</source>
        <translation>
            <numerusform>已在 %n 处空白添加填写项，请核对其名称和类型。</numerusform>
        </translation>
    </message>
    <message>
        <source>No blanks without a field were found.</source>
        <translation>没有找到尚无填写项的空白处。</translation>
    </message>
</context>
<context>
    <name>BlocksPane</name>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n 页</numerusform>
        </translation>
    </message>
    <message>
        <source>Add another table</source>
        <translation>再加一个附表</translation>
    </message>
    <message numerus="yes">
        <source>Adds %n page(s)</source>
        <translation>
            <numerusform>将增加 %n 页</numerusform>
        </translation>
    </message>
    <message>
        <source>After the last page</source>
        <translation>最后一页之后</translation>
    </message>
    <message>
        <source>Choose a PDF</source>
        <translation>选择 PDF</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Copying pages of {name}…</source>
        <translation>正在复制“{name}”的页面…</translation>
    </message>
    <message>
        <source>Delete selected rows</source>
        <translation>删除所选行</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Opening {name}…</source>
        <translation>正在打开“{name}”…</translation>
    </message>
    <message>
        <source>Pages at the end of “{name}”</source>
        <translation>“{name}”末尾的附加页</translation>
    </message>
    <message>
        <source>Pages of a PDF…</source>
        <translation>PDF 中的页面…</translation>
    </message>
    <message>
        <source>Paste cells from a spreadsheet (Ctrl+V)</source>
        <translation>粘贴表格单元格（Ctrl+V）</translation>
    </message>
    <message>
        <source>Position of the pages</source>
        <translation>附加页的位置</translation>
    </message>
    <message>
        <source>Remove table</source>
        <translation>删除此附表</translation>
    </message>
    <message>
        <source>Remove these pages</source>
        <translation>移除这些页</translation>
    </message>
    <message>
        <source>Repeat first row on every page</source>
        <translation>首行作为每页表头</translation>
    </message>
    <message>
        <source>Replace “{name}”…</source>
        <translation>替换“{name}”…</translation>
    </message>
    <message>
        <source>Replace…</source>
        <translation>替换…</translation>
    </message>
    <message>
        <source>Requested after page {number}</source>
        <translation>请求放在第 {number} 页之后</translation>
    </message>
    <message>
        <source>Tables and pages at the end</source>
        <translation>末尾的附表和附加页</translation>
    </message>
    <message>
        <source>The pages are a copy. Later changes to the file don&apos;t change the contract.</source>
        <translation>此处为页面副本，之后对原文件的修改不影响合同。</translation>
    </message>
    <message>
        <source>The platform currently adds these pages at the end, wherever you put them.</source>
        <translation>平台目前总是将新增页放在最后。</translation>
    </message>
    <message>
        <source>Title above table</source>
        <translation>附表标题</translation>
    </message>
    <message>
        <source>Title above table (optional)</source>
        <translation>附表标题（可留空）</translation>
    </message>
    <message>
        <source>Type, or paste cells from a spreadsheet</source>
        <translation>直接输入，或从表格软件粘贴单元格</translation>
    </message>
    <message>
        <source>at most {most}</source>
        <translation>最多 {most} 页</translation>
    </message>
</context>
<context>
    <name>Booklet</name>
    <message>
        <source>Cross-page seal on fanned pages</source>
        <translation>骑缝章合拢效果</translation>
    </message>
    <message>
        <source>{name}: pages {first} to {last} together show one seal</source>
        <translation>{name}：第 {first} 至 {last} 页合拢为一枚印章</translation>
    </message>
</context>
<context>
    <name>BulkFoot</name>
    <message numerus="yes">
        <source>%n row(s) couldn&apos;t be sent.</source>
        <translation>
            <numerusform>%n 行未能发起。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) left to correct.</source>
        <translation>
            <numerusform>还有 %n 行待改正。</numerusform>
        </translation>
    </message>
    <message>
        <source>Checking rows…</source>
        <translation>正在核对各行…</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Contracts sent</source>
        <translation>已发起的合同</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Pausing… Contracts that are already being sent will be completed first.</source>
        <translation>正在暂停：正在发起的合同将先发起完毕。</translation>
    </message>
    <message>
        <source>Save rows to correct…</source>
        <translation>保存待改正的行…</translation>
    </message>
    <message>
        <source>Save the result…</source>
        <translation>保存结果…</translation>
    </message>
    <message>
        <source>Save these rows as a separate sheet. Correct the rows there, then drop that sheet here.</source>
        <translation>另存为一份表格，改正后重新拖入</translation>
    </message>
    <message>
        <source>Show in Track</source>
        <translation>在“跟踪”中查看</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>You can keep working in other parts of the program. Closing the program pauses sending.</source>
        <translation>可以在程序其他地方继续工作；关闭程序会暂停发起。</translation>
    </message>
</context>
<context>
    <name>BulkRoom</name>
    <message numerus="yes">
        <source>%n row(s) saved to “{name}”.</source>
        <translation>
            <numerusform>已将 %n 行保存到“{name}”。</numerusform>
        </translation>
    </message>
    <message>
        <source>A sheet is being sent.</source>
        <translation>表格中的合同正在发起。</translation>
    </message>
    <message>
        <source>Before you open another sheet, wait until all rows are sent, or stop sending.</source>
        <translation>请待其全部发起后再打开下一份表格，或先停止发起。</translation>
    </message>
    <message>
        <source>Bulk opens one sheet at a time. All sheets except “{name}” were ignored.</source>
        <translation>一次只能处理一张表格：已打开“{name}”。</translation>
    </message>
    <message>
        <source>Choose a spreadsheet</source>
        <translation>选择表格</translation>
    </message>
    <message>
        <source>Correct the rows in that sheet, then drop it here. Only those rows will be sent.</source>
        <translation>请在该表格中改正后重新拖入：仅发起这些行。</translation>
    </message>
    <message>
        <source>Discard and close</source>
        <translation>放弃并关闭</translation>
    </message>
    <message>
        <source>Discard and open</source>
        <translation>放弃并打开</translation>
    </message>
    <message>
        <source>Save blank sheet</source>
        <translation>保存空白表</translation>
    </message>
    <message>
        <source>Save result</source>
        <translation>保存结果</translation>
    </message>
    <message>
        <source>Save rows to correct</source>
        <translation>保存待改正的行</translation>
    </message>
    <message>
        <source>corrected cells of “{name}”</source>
        <translation>表格“{name}”中改正的单元格</translation>
    </message>
    <message>
        <source>{name} (result)</source>
        <translation>{name} 结果</translation>
    </message>
    <message>
        <source>{name} (rows to correct)</source>
        <translation>{name} 待改正</translation>
    </message>
    <message>
        <source>“{name}” has been saved.</source>
        <translation>“{name}”已保存。</translation>
    </message>
</context>
<context>
    <name>BulkWords</name>
    <message>
        <source>Content differs</source>
        <translation>内容不一致</translation>
    </message>
    <message>
        <source>Contract title</source>
        <translation>合同标题</translation>
    </message>
    <message>
        <source>Corrections needed</source>
        <translation>待改正事项</translation>
    </message>
    <message>
        <source>Email</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>Flow number</source>
        <translation>流程编号</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>ID type</source>
        <translation>证件类型</translation>
    </message>
    <message>
        <source>Invalid ID number: wrong length or check digit.</source>
        <translation>证件号码有误：位数或校验位不对。</translation>
    </message>
    <message>
        <source>Invalid email address.</source>
        <translation>邮箱地址无效。</translation>
    </message>
    <message>
        <source>Invalid mobile number.</source>
        <translation>手机号无效。</translation>
    </message>
    <message>
        <source>Invalid registration number: wrong length or check digit.</source>
        <translation>证照号码有误：位数或校验位不对。</translation>
    </message>
    <message>
        <source>It&apos;s unclear whether this contract was sent, so it won&apos;t be sent again automatically. Decide in Track what to do.</source>
        <translation>无法确定该合同是否已发起，因此不会自动重新发起：请在“跟踪”中处理。</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>Needs your decision</source>
        <translation>待核实</translation>
    </message>
    <message>
        <source>No mobile number, so no SMS can be sent.</source>
        <translation>没有手机号：无法发送短信通知。</translation>
    </message>
    <message>
        <source>Not sent</source>
        <translation>未发起</translation>
    </message>
    <message>
        <source>Organization</source>
        <translation>企业名称</translation>
    </message>
    <message>
        <source>Original row</source>
        <translation>原表行号</translation>
    </message>
    <message>
        <source>Partly sent</source>
        <translation>未全部发起</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>可发起</translation>
    </message>
    <message>
        <source>Registration number</source>
        <translation>证照号码</translation>
    </message>
    <message>
        <source>Registration type</source>
        <translation>证照类型</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Row {row} has the same ID number but a different name. One of the two rows is wrong.</source>
        <translation>第 {row} 行有相同的证件号码，但姓名不同：其中一处有误。</translation>
    </message>
    <message>
        <source>Sending</source>
        <translation>发起中</translation>
    </message>
    <message>
        <source>Sending this contract was started with a different mobile number or email address. First complete or cancel it in Track.</source>
        <translation>该合同已用另一手机号或邮箱开始发起：请先在“跟踪”中完成或取消。</translation>
    </message>
    <message>
        <source>Sending was started but not completed. It will continue where it stopped.</source>
        <translation>已开始但尚未全部发起：将从中断处继续。</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>已发起</translation>
    </message>
    <message>
        <source>Sent at {moment} to another mobile number or email address. The contract won&apos;t be sent again unless you choose “Send again”.</source>
        <translation>已于 {moment} 发起，但手机号或邮箱不同；除非选择“再发一次”，否则不会再次发起。</translation>
    </message>
    <message>
        <source>Sent at {moment} with the corrections made here.</source>
        <translation>已于 {moment} 按在此改正后的内容发起。</translation>
    </message>
    <message>
        <source>Sent at {moment}.</source>
        <translation>已于 {moment} 发起。</translation>
    </message>
    <message>
        <source>Sent at {moment}. Current status: {state}.</source>
        <translation>已于 {moment} 发起；目前：{state}。</translation>
    </message>
    <message>
        <source>Signer</source>
        <translation>签署方</translation>
    </message>
    <message>
        <source>Signing link</source>
        <translation>签署链接</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>The document created by the platform doesn&apos;t match this row. No signer has seen it yet. Check the document in Track.</source>
        <translation>平台生成的文件与该行内容不一致。尚无人看到：请在“跟踪”中查看。</translation>
    </message>
    <message>
        <source>The form needs “{field}”. Assign a column to this field, and enter a value.</source>
        <translation>表单中缺少“{field}”：请为该填写项指定一列并填写。</translation>
    </message>
    <message>
        <source>The name column contains a number or an address.</source>
        <translation>姓名的位置填了号码或地址。</translation>
    </message>
    <message>
        <source>The platform keeps the mobile number that it already has and sends the SMS to that number.</source>
        <translation>平台保留其原有手机号，短信将发送至该号码。</translation>
    </message>
    <message>
        <source>The same signer appears twice in this row.</source>
        <translation>这一行中有两处是同一签署方。</translation>
    </message>
    <message>
        <source>The spreadsheet program kept only the first 15 digits of this number. Enter the number again here, or format the cell as text and enter the number there.</source>
        <translation>表格软件只保留了这个号码的前 15 位：请在这里重新填写，或在表格中以文本格式重填。</translation>
    </message>
    <message>
        <source>This ID number is saved on this computer under a different name. Check the name and the ID number.</source>
        <translation>这个证件号码在本机登记的是另一个姓名：请核对。</translation>
    </message>
    <message>
        <source>This cell contains a spreadsheet error. Enter the value here.</source>
        <translation>表格软件在这一格显示错误：请在这里直接填写。</translation>
    </message>
    <message>
        <source>This contract was sent before and will be sent again, as you requested.</source>
        <translation>之前已发起过；按您的要求再发起一次。</translation>
    </message>
    <message>
        <source>This formula has no stored result. Save the sheet in the spreadsheet program, or enter the value here.</source>
        <translation>公式没有计算结果：请在表格软件中保存一次，或在这里直接填写。</translation>
    </message>
    <message>
        <source>This is the number of a residence permit for Hong Kong, Macao and Taiwan residents. The platform has no such ID type. In a column named “ID type”, specify whether to submit it as an identity card or a travel permit.</source>
        <translation>这是港澳台居民居住证的号码，平台没有对应的证件类型。请在“证件类型”列中写明按居民身份证还是按来往内地（大陆）通行证提交。</translation>
    </message>
    <message>
        <source>This person is under 18.</source>
        <translation>此人未满 18 周岁。</translation>
    </message>
    <message>
        <source>This row has the same person and contract as row {row}, but a different mobile number or email address. Remove one of the two rows.</source>
        <translation>与第 {row} 行是同一人、同一合同，只是手机号或邮箱不同：请删去其中一行。</translation>
    </message>
    <message>
        <source>This row is hidden in the sheet, perhaps by a filter, so it won&apos;t be sent. Unhide the row in the sheet, then choose the sheet again.</source>
        <translation>该行在表格中被隐藏（可能因为筛选），因此不发起：请在表格中让它显示出来，再重新选择表格。</translation>
    </message>
    <message>
        <source>This row is the same as row {row}, so the contract would be sent twice. To send both, give each row a different reference.</source>
        <translation>与第 {row} 行相同，会发起两次。若确实要发两份，请给每行填写不同的内部编号。</translation>
    </message>
    <message>
        <source>To correct</source>
        <translation>待改正</translation>
    </message>
    <message>
        <source>Too long: at most {max} characters are allowed. Shorten the text.</source>
        <translation>超过 {max} 个字：请改短。</translation>
    </message>
    <message>
        <source>Unknown ID type.</source>
        <translation>无法识别这种证件类型。</translation>
    </message>
    <message>
        <source>Unknown registration type.</source>
        <translation>无法识别这种证照类型。</translation>
    </message>
    <message>
        <source>Your reference</source>
        <translation>内部编号</translation>
    </message>
    <message>
        <source>{name} is missing.</source>
        <translation>缺少{name}。</translation>
    </message>
    <message>
        <source>{role}: {datum}</source>
        <translation>{role}：{datum}</translation>
    </message>
    <message>
        <source>“{name}” is a check box: enter 是 (yes) or 否 (no).</source>
        <translation>“{name}”为勾选项：请填“是”或“否”。</translation>
    </message>
    <message>
        <source>“{name}” must be a number.</source>
        <translation>“{name}”须为数字。</translation>
    </message>
    <message>
        <source>“{name}” must be a valid date, such as 2026-03-09.</source>
        <translation>“{name}”须为真实存在的日期，例如 2026-03-09。</translation>
    </message>
    <message>
        <source>“{name}” must be an amount in yuan, in digits, such as 50,000 or 1234.50.</source>
        <translation>“{name}”须为以元为单位的金额，用数字填写，例如 50,000 或 1234.50。</translation>
    </message>
    <message>
        <source>“{name}” must be one of: {choices}.</source>
        <translation>“{name}”须为下列选项之一：{choices}。</translation>
    </message>
</context>
<context>
    <name>Calibration</name>
    <message>
        <source>An earlier calibration sheet has not been measured. Cancel it and send another one? [y/N] </source>
        <translation>之前的校准文件还没有测量。是否放弃它并另发一份？[y/N] </translation>
    </message>
    <message>
        <source>Apply the settings marked with *? [y/N] </source>
        <translation>是否采用带 * 的设置？[y/N] </translation>
    </message>
    <message>
        <source>Settings changed: {count}</source>
        <translation>已更改 {count} 项设置。</translation>
    </message>
</context>
<context>
    <name>CalibrationWords</name>
    <message>
        <source>Calibration sheet (not a contract)</source>
        <translation>校准文件（非合同）</translation>
    </message>
    <message>
        <source>Checking how pages are appended to a template…</source>
        <translation>正在检查平台如何在模板后附加页面…</translation>
    </message>
    <message>
        <source>Checking when signing links are returned…</source>
        <translation>正在查看是否返回签署链接…</translation>
    </message>
    <message>
        <source>Downloading the sealed sheet…</source>
        <translation>正在下载盖章后的文件…</translation>
    </message>
    <message>
        <source>Looking up the fictitious person&apos;s accounts…</source>
        <translation>正在查找虚构人员的账号…</translation>
    </message>
    <message>
        <source>Measuring the seals…</source>
        <translation>正在测量印章…</translation>
    </message>
    <message>
        <source>No setting matches: the pages weren&apos;t appended.</source>
        <translation>没有相符的设置：页面没有附加上。</translation>
    </message>
    <message>
        <source>No setting matches: the seal is {right} mm to the right of the nearest expected position and {up} mm above it.</source>
        <translation>没有相符的设置：印章在最接近位置的右侧 {right} mm、上方 {up} mm。</translation>
    </message>
    <message>
        <source>No setting matches: the two seals have different images.</source>
        <translation>没有相符的设置：两枚印章不是同一图样。</translation>
    </message>
    <message>
        <source>Not measured: the first seal must be measured first.</source>
        <translation>未测得：须先测得第一枚印章。</translation>
    </message>
    <message>
        <source>Not measured: the platform rejected the request ({words}).</source>
        <translation>未测得：平台拒绝了请求（{words}）。</translation>
    </message>
    <message>
        <source>Not measured: the platform rejected the request.</source>
        <translation>未测得：平台拒绝了请求。</translation>
    </message>
    <message>
        <source>Not measured: the seal is larger than the space reserved for it.</source>
        <translation>未测得：印章大于预留的位置。</translation>
    </message>
    <message>
        <source>Not measured: the seal isn&apos;t on the page.</source>
        <translation>未测得：页面上没有该印章。</translation>
    </message>
    <message>
        <source>Not measured: with this seal, both settings look the same.</source>
        <translation>未测得：使用此印章时，两种设置看起来相同。</translation>
    </message>
    <message>
        <source>Not tested: this test needs the fictitious person.</source>
        <translation>未测试：此项需要虚构人员。</translation>
    </message>
    <message>
        <source>Sending the calibration sheet…</source>
        <translation>正在发送校准文件…</translation>
    </message>
    <message>
        <source>The platform offers no way to check this. Choose this setting manually.</source>
        <translation>平台没有可查询的接口，请手动设置。</translation>
    </message>
    <message>
        <source>Waiting for the platform to seal the sheet…</source>
        <translation>正在等待平台盖章…</translation>
    </message>
    <message>
        <source>{answer}, within {error} mm</source>
        <translation>{answer}，误差不超过 {error} mm</translation>
    </message>
    <message>
        <source>{answer}, within {error} mm ± {margin} mm</source>
        <translation>{answer}，误差 {error} mm ± {margin} mm</translation>
    </message>
</context>
<context>
    <name>CardFilterBar</name>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Counter</source>
        <translation>柜台</translation>
    </message>
    <message>
        <source>Recently sent</source>
        <translation>最近发过</translation>
    </message>
    <message>
        <source>With form fields</source>
        <translation>有填写项</translation>
    </message>
</context>
<context>
    <name>CardGrid</name>
    <message numerus="yes">
        <source>%n field(s)</source>
        <translation>
            <numerusform>%n 个填写项</numerusform>
        </translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>常用合同</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>last sent {day}</source>
        <translation>最近发起 {day}</translation>
    </message>
    <message>
        <source>never sent</source>
        <translation>尚未发起</translation>
    </message>
</context>
<context>
    <name>CellGrid</name>
    <message>
        <source>Table cells</source>
        <translation>附表单元格</translation>
    </message>
</context>
<context>
    <name>ChangedFileBar</name>
    <message>
        <source>Choose another file…</source>
        <translation>另选文件…</translation>
    </message>
    <message>
        <source>The file of “{name}” has changed. The contract still uses the version you opened.</source>
        <translation>“{name}”的文件已被修改，合同中仍是您打开时的版本。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Use the new version</source>
        <translation>使用新版本</translation>
    </message>
    <message>
        <source>“{name}” is no longer in its folder. Put the file back or choose another file; the seals are kept.</source>
        <translation>“{name}”的文件已不在原处。请放回原处或另选文件，已放置的印章会保留。</translation>
    </message>
</context>
<context>
    <name>ColumnStrip</name>
    <message>
        <source>Ignore</source>
        <translation>忽略</translation>
    </message>
    <message>
        <source>Maps to</source>
        <translation>对应内容</translation>
    </message>
    <message>
        <source>“{heading}” maps to</source>
        <translation>“{heading}”对应为</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Find command</source>
        <translation>查找命令</translation>
    </message>
    <message>
        <source>No matching commands.</source>
        <translation>没有符合的命令。</translation>
    </message>
    <message>
        <source>What would you like to do?</source>
        <translation>请输入要执行的操作</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Redo: {edit}</source>
        <translation>重做：{edit}(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Undo: {edit}</source>
        <translation>撤销：{edit}(&amp;U)</translation>
    </message>
</context>
<context>
    <name>ConfirmSheet</name>
    <message numerus="yes">
        <source>%n of them continue(s) where sending stopped. No one receives a contract twice.</source>
        <translation>
            <numerusform>其中 %n 份从停下的地方继续；不会有人收到两份。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them were sent before: the recipients will get the contracts again.</source>
        <translation>
            <numerusform>其中 %n 份之前已发起过：对方会再收到一份。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) already sent: no one receives a contract twice.</source>
        <translation>
            <numerusform>%n 行已发起过：不会有人收到两份。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) need your decision: it&apos;s unclear whether they were sent.</source>
        <translation>
            <numerusform>%n 行待核实：无法确定是否已发起。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) to correct: you can send them later from the same sheet.</source>
        <translation>
            <numerusform>%n 行待改正：以后可用同一张表补发。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) where the platform&apos;s document differs: check them in Track.</source>
        <translation>
            <numerusform>%n 行由平台生成的文件与内容不一致：请在“跟踪”中查看。</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>A contract in the payer&apos;s plan is reserved when the payer signs, used when all parties have signed, and released otherwise.</source>
        <translation>付费方签署时冻结其套餐，全部签署完成后扣减，否则释放。</translation>
    </message>
    <message>
        <source>After sending, contracts can&apos;t be changed, only revoked one by one.</source>
        <translation>发起后不可修改，只能逐份撤回。</translation>
    </message>
    <message>
        <source>As set in the preset</source>
        <translation>常用合同中的设置</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Back to rows (Esc)</source>
        <translation>返回各行（Esc）</translation>
    </message>
    <message>
        <source>Bulk send — {preset}</source>
        <translation>批量发起 — {preset}</translation>
    </message>
    <message>
        <source>Check before sending</source>
        <translation>发起前请核对</translation>
    </message>
    <message>
        <source>Contents of each contract</source>
        <translation>每份合同的内容</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>费用</translation>
    </message>
    <message>
        <source>Each contract is used when all parties have signed, and released if it is revoked or declined, or if it expires.</source>
        <translation>每份在全部签署后扣减；撤回、拒签或过期则释放。</translation>
    </message>
    <message>
        <source>Field values</source>
        <translation>填入内容</translation>
    </message>
    <message>
        <source>From “{sheet}”, one contract per row.</source>
        <translation>来自“{sheet}”，每行一份合同。</translation>
    </message>
    <message>
        <source>Not sent</source>
        <translation>不发起的行</translation>
    </message>
    <message>
        <source>The sheet has no headings. Columns were recognized by their contents.</source>
        <translation>该表格没有标题：各列按其内容识别。</translation>
    </message>
    <message>
        <source>This preset sends no notifications. Share the signing links yourself; they are in the result list.</source>
        <translation>该常用合同不发送任何通知：请把链接发给签署方，链接在结果清单里。</translation>
    </message>
    <message numerus="yes">
        <source>To {names} and %n more.</source>
        <translation>
            <numerusform>发给{names}等，另有 %n 人。</numerusform>
        </translation>
    </message>
    <message>
        <source>To {names}.</source>
        <translation>发给{names}。</translation>
    </message>
    <message numerus="yes">
        <source>With this preset, the signing deadline is %n minute(s) after sending.</source>
        <translation>
            <numerusform>按该常用合同，发起 %n 分钟后签署截止。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more row(s); see the table.</source>
        <translation>
            <numerusform>另有 %n 行，以表格中所示为准。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConnectionWords</name>
    <message>
        <source>Connected. The platform answered in {latency} ms, and the secret is correct.</source>
        <translation>连接正常：平台在 {latency} 毫秒内响应，密钥正确。</translation>
    </message>
    <message>
        <source>This computer&apos;s clock is {minutes} min fast. Correct it.</source>
        <translation>本机时钟快了 {minutes} 分钟，请校准。</translation>
    </message>
    <message>
        <source>This computer&apos;s clock is {minutes} min slow. Correct it.</source>
        <translation>本机时钟慢了 {minutes} 分钟，请校准。</translation>
    </message>
</context>
<context>
    <name>ContactCard</name>
    <message numerus="yes">
        <source>%n contract(s)</source>
        <translation>
            <numerusform>%n 份合同</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Delete this person&apos;s data…</source>
        <translation>清除此人信息(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Merge with another contact…</source>
        <translation>与其他联系人合并(&amp;M)…</translation>
    </message>
    <message>
        <source>Authorized representatives</source>
        <translation>经办人</translation>
    </message>
    <message>
        <source>Contracts</source>
        <translation>合同</translation>
    </message>
    <message>
        <source>Delete contact</source>
        <translation>删除此联系人</translation>
    </message>
    <message>
        <source>Delete permanently?</source>
        <translation>确认永久删除？</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>基本信息</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Email</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Legal representative</source>
        <translation>法定代表人</translation>
    </message>
    <message>
        <source>Mark as &amp;our party</source>
        <translation>标记为我方(&amp;O)</translation>
    </message>
    <message>
        <source>Merge…</source>
        <translation>合并…</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>New contract with this contact</source>
        <translation>与其新建合同</translation>
    </message>
    <message>
        <source>No account yet. The account is created when you send the first contract.</source>
        <translation>尚无平台账号：首次发起合同时自动创建。</translation>
    </message>
    <message>
        <source>No contracts yet</source>
        <translation>暂无合同</translation>
    </message>
    <message>
        <source>No representatives yet. Add one with Edit, or in the next contract.</source>
        <translation>暂无经办人：可在“编辑”中添加，或在下一份合同中填写。</translation>
    </message>
    <message>
        <source>Platform account</source>
        <translation>平台账号</translation>
    </message>
    <message>
        <source>Remove from &amp;our parties</source>
        <translation>取消我方标记(&amp;O)</translation>
    </message>
    <message>
        <source>Represents</source>
        <translation>代表企业</translation>
    </message>
    <message>
        <source>Seal</source>
        <translation>印章</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Show full ID number, mobile number and email address</source>
        <translation>显示完整证件号码、手机号和邮箱</translation>
    </message>
    <message>
        <source>Show in Track</source>
        <translation>在“跟踪”中查看</translation>
    </message>
    <message>
        <source>Your reference</source>
        <translation>内部编号</translation>
    </message>
    <message>
        <source>default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>not saved on this computer</source>
        <translation>本机未保存</translation>
    </message>
    <message>
        <source>{count}, last {moment}</source>
        <translation>{count}，最近一份 {moment}</translation>
    </message>
    <message>
        <source>{name} has the same ID number. One of the names is wrong or a former name.</source>
        <translation>{name} 的证件号码与此相同：两个姓名之一有误，或为曾用名。</translation>
    </message>
    <message>
        <source>{width} mm wide</source>
        <translation>宽 {width} mm</translation>
    </message>
</context>
<context>
    <name>ContactFiles</name>
    <message numerus="yes">
        <source>%n contact(s) added</source>
        <translation>
            <numerusform>新增 %n 个联系人</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contact(s) saved to {name}.</source>
        <translation>
            <numerusform>已将 %n 个联系人写入 {name}。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contact(s) that you edited or used after the import weren&apos;t changed.</source>
        <translation>
            <numerusform>%n 个联系人导入后又编辑或使用过，其内容保持不变。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n updated</source>
        <translation>
            <numerusform>更新 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Import contacts</source>
        <translation>导入联系人</translation>
    </message>
    <message>
        <source>The import was undone.</source>
        <translation>已撤销导入。</translation>
    </message>
    <message>
        <source>Undo import</source>
        <translation>撤销导入</translation>
    </message>
    <message>
        <source>{added}, {updated}.</source>
        <translation>{added}，{updated}。</translation>
    </message>
</context>
<context>
    <name>ContactFilterBar</name>
    <message numerus="yes">
        <source>%n contact(s)</source>
        <translation>
            <numerusform>%n 位联系人</numerusform>
        </translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>No account in the current environment yet. The account is created when you send the first contract.</source>
        <translation>在当前签署环境中尚无平台账号，首次发起合同时自动创建</translation>
    </message>
    <message>
        <source>No account yet</source>
        <translation>尚无账号</translation>
    </message>
    <message>
        <source>Organizations</source>
        <translation>企业</translation>
    </message>
    <message>
        <source>Ours</source>
        <translation>我方</translation>
    </message>
    <message>
        <source>People</source>
        <translation>个人</translation>
    </message>
    <message>
        <source>{name} {count}</source>
        <translation>{name} {count}</translation>
    </message>
</context>
<context>
    <name>ContactList</name>
    <message numerus="yes">
        <source>%n contact(s) found</source>
        <translation>
            <numerusform>找到 %n 位联系人</numerusform>
        </translation>
    </message>
    <message>
        <source>Everyone you send a contract to is listed here. You can also add contacts in advance.</source>
        <translation>合同发起后，各签署方自动列入此处；也可以提前添加。</translation>
    </message>
    <message>
        <source>Import from file…</source>
        <translation>从文件导入…</translation>
    </message>
    <message>
        <source>Name, pinyin, initials, last digits or your reference</source>
        <translation>姓名、拼音、首字母、证件或手机尾号、内部编号</translation>
    </message>
    <message>
        <source>New &amp;organization</source>
        <translation>新建企业(&amp;O)</translation>
    </message>
    <message>
        <source>New &amp;person</source>
        <translation>新建个人(&amp;P)</translation>
    </message>
    <message>
        <source>No contacts yet</source>
        <translation>还没有联系人</translation>
    </message>
    <message>
        <source>No matching contacts</source>
        <translation>没有符合条件的联系人</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Show all contacts</source>
        <translation>显示全部联系人</translation>
    </message>
</context>
<context>
    <name>ContactMatches</name>
    <message numerus="yes">
        <source>%n matching contact(s); the arrow keys choose</source>
        <translation>
            <numerusform>%n 位匹配的联系人，用上下键选择</numerusform>
        </translation>
    </message>
    <message>
        <source>Matching contacts</source>
        <translation>匹配的联系人</translation>
    </message>
</context>
<context>
    <name>ContactSheet</name>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Create new contact</source>
        <translation>另建联系人</translation>
    </message>
    <message>
        <source>Edit contact</source>
        <translation>编辑联系人</translation>
    </message>
    <message>
        <source>Enter a name.</source>
        <translation>请填写姓名或名称。</translation>
    </message>
    <message>
        <source>Keep both</source>
        <translation>两者都保留</translation>
    </message>
    <message>
        <source>New organization</source>
        <translation>新建企业</translation>
    </message>
    <message>
        <source>New person</source>
        <translation>新建个人</translation>
    </message>
    <message>
        <source>No platform account yet: you can still correct the name, ID type or ID number here.</source>
        <translation>尚无平台账号：可在此更正姓名、证件类型或证件号码的录入错误。</translation>
    </message>
    <message>
        <source>Our party: listed at the top and suggested first in new contracts</source>
        <translation>我方：置顶显示，新建合同时优先提供</translation>
    </message>
    <message>
        <source>Part of this line couldn&apos;t be recognized reliably. Enter each number in its own field.</source>
        <translation>这一行有内容无法确定识别，请把各号码填入对应栏。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save without numbers</source>
        <translation>保存（不含号码）</translation>
    </message>
    <message>
        <source>Seal size</source>
        <translation>印章尺寸</translation>
    </message>
    <message>
        <source>Show contact</source>
        <translation>查看该联系人</translation>
    </message>
    <message>
        <source>The next contract will create a new account for {new} and notify {new}.</source>
        <translation>下一份合同将以 {new} 新建账号，并通知 {new}。</translation>
    </message>
    <message>
        <source>The next contract will create a new account for {new} and notify {new}. Contracts already sent still notify {old}.</source>
        <translation>下一份合同将以 {new} 新建账号，并通知 {new}；此前发起的合同仍通知 {old}。</translation>
    </message>
    <message>
        <source>The platform has an account with this name, ID type and ID number, so these can&apos;t be changed. For a different person, or a changed name or document, create a new contact.</source>
        <translation>平台已有此姓名、证件类型和证件号码的账号，三者不可更改。如为他人，或姓名、证件已变更，请另建联系人。</translation>
    </message>
    <message>
        <source>This ID number already belongs to {name}. One of the names is wrong or a former name.</source>
        <translation>该证件号码已属于 {name}：两个姓名之一有误，或为曾用名。</translation>
    </message>
    <message>
        <source>Width of our seal</source>
        <translation>印章宽度</translation>
    </message>
    <message>
        <source>{name} is already in Contacts with the same ID number.</source>
        <translation>{name} 已在联系人中，证件号码相同。</translation>
    </message>
</context>
<context>
    <name>ContactTable</name>
    <message>
        <source>Contacts</source>
        <translation>联系人</translation>
    </message>
    <message>
        <source>Email</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>ID type</source>
        <translation>证件类型</translation>
    </message>
    <message>
        <source>Invalid ID number of the legal representative; it won&apos;t be imported.</source>
        <translation>法定代表人证件号码无效，将不导入该号码。</translation>
    </message>
    <message>
        <source>Invalid email address; it won&apos;t be imported.</source>
        <translation>邮箱无效，将不导入邮箱。</translation>
    </message>
    <message>
        <source>Invalid mobile number; it won&apos;t be imported.</source>
        <translation>手机号无效，将不导入手机号。</translation>
    </message>
    <message>
        <source>Legal representative</source>
        <translation>法定代表人</translation>
    </message>
    <message>
        <source>Legal representative&apos;s ID number</source>
        <translation>法定代表人证件号码</translation>
    </message>
    <message>
        <source>Legal representative&apos;s ID type</source>
        <translation>法定代表人证件类型</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Organization</source>
        <translation>企业</translation>
    </message>
    <message>
        <source>Ours</source>
        <translation>我方</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>个人</translation>
    </message>
    <message>
        <source>Representative</source>
        <translation>经办人</translation>
    </message>
    <message>
        <source>Representative&apos;s ID number</source>
        <translation>经办人证件号码</translation>
    </message>
    <message>
        <source>Representative&apos;s ID type</source>
        <translation>经办人证件类型</translation>
    </message>
    <message>
        <source>Representative&apos;s mobile</source>
        <translation>经办人手机号</translation>
    </message>
    <message>
        <source>The ID number doesn&apos;t match its type.</source>
        <translation>证件号码与证件类型不符。</translation>
    </message>
    <message>
        <source>The ID number is masked and can&apos;t identify this contact.</source>
        <translation>证件号码已脱敏，无法识别身份。</translation>
    </message>
    <message>
        <source>The name column contains a number or an address.</source>
        <translation>姓名的位置填了号码或地址。</translation>
    </message>
    <message>
        <source>The name is missing.</source>
        <translation>缺少名称。</translation>
    </message>
    <message>
        <source>The spreadsheet program rounded or calculated a value. Format the column as text.</source>
        <translation>表格软件改动了数值（取整或公式），请将该列设为文本格式。</translation>
    </message>
    <message>
        <source>The type must be Person or Organization.</source>
        <translation>类型须为“个人”或“企业”。</translation>
    </message>
    <message>
        <source>The value is too long.</source>
        <translation>内容过长。</translation>
    </message>
    <message>
        <source>This ID number fits several ID types. Specify the type in a column named “ID type”.</source>
        <translation>多种证件可能使用该号码，请在“证件类型”列中写明。</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Unknown ID type.</source>
        <translation>无法识别这种证件类型。</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>Your reference</source>
        <translation>内部编号</translation>
    </message>
    <message>
        <source>email</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>legal representative</source>
        <translation>法定代表人</translation>
    </message>
    <message>
        <source>legal representative&apos;s ID number</source>
        <translation>法定代表人证件号码</translation>
    </message>
    <message>
        <source>mobile number</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>ours</source>
        <translation>我方</translation>
    </message>
    <message>
        <source>reference</source>
        <translation>内部编号</translation>
    </message>
    <message>
        <source>representative</source>
        <translation>经办人</translation>
    </message>
</context>
<context>
    <name>ContactTableModel</name>
    <message>
        <source>Contracts</source>
        <translation>合同</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>Last contract</source>
        <translation>最近合同</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>Organization</source>
        <translation>企业</translation>
    </message>
    <message>
        <source>Ours</source>
        <translation>我方</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>个人</translation>
    </message>
    <message>
        <source>Representation</source>
        <translation>代表企业 / 经办人</translation>
    </message>
</context>
<context>
    <name>ContactWords</name>
    <message>
        <source>ID number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>Invalid ID number: the check digit doesn&apos;t match. Compare the number with the ID document.</source>
        <translation>号码校验位不符，请与证件核对。</translation>
    </message>
    <message>
        <source>Invalid email address.</source>
        <translation>邮箱地址无效。</translation>
    </message>
    <message>
        <source>Invalid mobile number.</source>
        <translation>手机号无效。</translation>
    </message>
    <message>
        <source>Organization</source>
        <translation>企业</translation>
    </message>
    <message>
        <source>Ours</source>
        <translation>我方</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>个人</translation>
    </message>
    <message>
        <source>former</source>
        <translation>曾用</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>mobile number not saved</source>
        <translation>手机号未保存</translation>
    </message>
    <message>
        <source>representative not saved</source>
        <translation>经办人未保存</translation>
    </message>
    <message>
        <source>represented by {name}</source>
        <translation>经办人 {name}</translation>
    </message>
</context>
<context>
    <name>ContactsRoom</name>
    <message>
        <source>&amp;Export selected…</source>
        <translation>导出所选(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Import from file…</source>
        <translation>从文件导入(&amp;I)…</translation>
    </message>
    <message>
        <source>Contacts</source>
        <translation>联系人</translation>
    </message>
    <message>
        <source>First select two contacts in the list.</source>
        <translation>请先在列表中选中两个联系人。</translation>
    </message>
    <message>
        <source>Hold Ctrl and click the second contact, or hold Shift and press an arrow key.</source>
        <translation>按住 Ctrl 键点击第二个联系人，或按住 Shift 键再按方向键。</translation>
    </message>
    <message>
        <source>contact “{name}”</source>
        <translation>联系人“{name}”</translation>
    </message>
</context>
<context>
    <name>CopyOfferWords</name>
    <message>
        <source>If you start with this backup, drafts, presets, contacts and settings return to their state at that time. Contracts sent since then: {count}. These contracts are restored with their links; their titles follow when the platform is queried. The newer data is kept separately in the data folder.</source>
        <translation>若使用此备份启动，草稿、常用合同、联系人和设置将恢复到当时的状态。此后发起的合同：{count} 份，会连同签署链接一起恢复，标题在查询平台后补齐。较新的数据会单独保留在数据文件夹中。</translation>
    </message>
    <message>
        <source>If you start with this backup, drafts, presets, contacts and settings return to their state at that time. No contracts were sent since then. The newer data is kept separately in the data folder.</source>
        <translation>若使用此备份启动，草稿、常用合同、联系人和设置将恢复到当时的状态。此后未发起任何合同。较新的数据会单独保留在数据文件夹中。</translation>
    </message>
    <message>
        <source>This computer has a backup of its data from before the upgrade, made {time}.</source>
        <translation>本机有一份升级前的备份，时间为 {time}。</translation>
    </message>
</context>
<context>
    <name>CopyToPages</name>
    <message>
        <source>&amp;All pages</source>
        <translation>全部页(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;First page</source>
        <translation>首页(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Last page</source>
        <translation>末页(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Page range:</source>
        <translation>指定页(&amp;T)：</translation>
    </message>
    <message numerus="yes">
        <source>Adds a seal to %n more page(s).</source>
        <translation>
            <numerusform>将另盖 %n 页。</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy to pages</source>
        <translation>复制到其他页</translation>
    </message>
    <message>
        <source>Exclude the &amp;cover</source>
        <translation>不含封面(&amp;C)</translation>
    </message>
    <message>
        <source>Page numbers</source>
        <translation>页码</translation>
    </message>
    <message>
        <source>Which pages?</source>
        <translation>哪些页？</translation>
    </message>
    <message>
        <source>e.g. 1-3,5</source>
        <translation>如 1-3,5</translation>
    </message>
</context>
<context>
    <name>CostsForm</name>
    <message>
        <source>&amp;Receive platform notifications on port</source>
        <translation>在此端口接收平台通知(&amp;R)</translation>
    </message>
    <message>
        <source>Negotiated price</source>
        <translation>议定价格</translation>
    </message>
    <message>
        <source>Pr&amp;ice list</source>
        <translation>价格档位(&amp;I)</translation>
    </message>
    <message>
        <source>¥{price} for {count} contracts per year: ¥{each} each</source>
        <translation>每年 {count} 份共 ¥{price}，每份 ¥{each}</translation>
    </message>
</context>
<context>
    <name>CounterAccess</name>
    <message>
        <source>PIN: </source>
        <translation>PIN 码：</translation>
    </message>
    <message>
        <source>The counter no longer needs a PIN.</source>
        <translation>柜台已不再需要 PIN 码。</translation>
    </message>
    <message>
        <source>The teller can sign in with this PIN, and must then choose a new one.</source>
        <translation>该柜员可以用此 PIN 码登录，登录时须设置新的 PIN 码。</translation>
    </message>
    <message>
        <source>The teller has been removed.</source>
        <translation>已移除该柜员。</translation>
    </message>
</context>
<context>
    <name>CounterForm</name>
    <message>
        <source>Anyone can unlock the counter with Ctrl+L. If you set a PIN of {least} to {most} digits, only people who know the PIN can unlock it.</source>
        <translation>锁定后任何人按 Ctrl+L 都能解锁；设置 {least} 至 {most} 位数字的 PIN 码后，只有知道它的人才能解锁。</translation>
    </message>
    <message>
        <source>Choose image…</source>
        <translation>选择图片…</translation>
    </message>
    <message>
        <source>Current PIN</source>
        <translation>当前 PIN 码</translation>
    </message>
    <message>
        <source>Customer&apos;s view</source>
        <translation>客户屏预览</translation>
    </message>
    <message>
        <source>Enter new PIN again</source>
        <translation>再次输入新 PIN 码</translation>
    </message>
    <message>
        <source>Locking the counter</source>
        <translation>柜台锁定</translation>
    </message>
    <message>
        <source>Logo</source>
        <translation>标志</translation>
    </message>
    <message>
        <source>Logo for the customer&apos;s screen</source>
        <translation>客户屏标志</translation>
    </message>
    <message>
        <source>New PIN (enter twice)</source>
        <translation>新 PIN 码（两次）</translation>
    </message>
    <message>
        <source>Organization name on the customer&apos;s screen</source>
        <translation>客户屏上的名称</translation>
    </message>
    <message>
        <source>PIN removed.</source>
        <translation>已取消 PIN 码。</translation>
    </message>
    <message>
        <source>PIN set.</source>
        <translation>PIN 码已设置。</translation>
    </message>
    <message>
        <source>PNG or JPEG, up to 2 MB. The image is copied. Nothing else is shown on the customer&apos;s screen.</source>
        <translation>PNG 或 JPEG，不超过 2 MB。图片会复制保存；除此之外不会向客户屏显示任何内容。</translation>
    </message>
    <message>
        <source>Remove PIN</source>
        <translation>取消 PIN 码</translation>
    </message>
    <message>
        <source>Remove logo</source>
        <translation>不用标志</translation>
    </message>
    <message>
        <source>Set PIN</source>
        <translation>设置 PIN 码</translation>
    </message>
    <message>
        <source>The PINs don&apos;t match. Enter the new PIN twice.</source>
        <translation>两次输入不一致，请重新输入新 PIN 码。</translation>
    </message>
    <message>
        <source>Unlocking the counter with Ctrl+L requires the PIN.</source>
        <translation>按 Ctrl+L 锁定后，须输入 PIN 码才能解锁。</translation>
    </message>
    <message>
        <source>for example, the name of the bank</source>
        <translation>例如银行名称</translation>
    </message>
</context>
<context>
    <name>CounterWindow</name>
    <message numerus="yes">
        <source>%n signed file(s) saved.</source>
        <translation>
            <numerusform>已保存 %n 份签署文件。</numerusform>
        </translation>
    </message>
    <message>
        <source>A QR code is on the screen. Wait for the signature, or press Esc twice to revoke the contract.</source>
        <translation>屏幕上正显示二维码：请等待签署，或连按两次 Esc 撤回。</translation>
    </message>
    <message>
        <source>Counter</source>
        <translation>柜台</translation>
    </message>
    <message>
        <source>First choose a contract with F2 to F8.</source>
        <translation>请先按 F2 至 F8 选择合同。</translation>
    </message>
    <message>
        <source>Press Esc again to revoke the contract and clear the screen.</source>
        <translation>再按一次 Esc 即撤回并清空。</translation>
    </message>
    <message>
        <source>Still no answer from the platform.</source>
        <translation>仍未收到平台的发起结果。</translation>
    </message>
    <message>
        <source>The contract is being sent. Wait, or press Esc twice to cancel.</source>
        <translation>合同正在发起：请稍候，或连按两次 Esc 取消。</translation>
    </message>
    <message>
        <source>There is no newly signed contract here.</source>
        <translation>这里没有刚签署完成的合同。</translation>
    </message>
    <message>
        <source>You pressed too soon, so nothing was done. To confirm, press again.</source>
        <translation>操作过快，未予执行。如确需执行，请再按一次。</translation>
    </message>
</context>
<context>
    <name>CounterWords</name>
    <message>
        <source>Already signed today</source>
        <translation>今日已签署</translation>
    </message>
    <message>
        <source>Awaiting confirmation</source>
        <translation>待确认</translation>
    </message>
    <message>
        <source>Declined</source>
        <translation>客户已拒签</translation>
    </message>
    <message>
        <source>Expired</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>No QR code</source>
        <translation>没有二维码</translation>
    </message>
    <message>
        <source>No answer from the platform</source>
        <translation>未收到平台的发起结果</translation>
    </message>
    <message>
        <source>No connection; QR code still valid</source>
        <translation>网络中断，二维码仍然有效</translation>
    </message>
    <message>
        <source>No reason was given.</source>
        <translation>客户没有填写原因。</translation>
    </message>
    <message>
        <source>Not sent</source>
        <translation>未能发起</translation>
    </message>
    <message>
        <source>Not sent yet</source>
        <translation>尚未发起</translation>
    </message>
    <message>
        <source>Not signed: another signer declined</source>
        <translation>签署未完成：其他签署方已拒签</translation>
    </message>
    <message>
        <source>Not signed: signing failed</source>
        <translation>签署未完成：签署失败</translation>
    </message>
    <message>
        <source>Not signed: signing failed, or another signer declined</source>
        <translation>签署未完成：签署失败，或其他签署方拒签</translation>
    </message>
    <message>
        <source>One of today&apos;s contracts is still unsigned</source>
        <translation>今天还有一份合同待签</translation>
    </message>
    <message>
        <source>Other signers haven&apos;t signed yet.</source>
        <translation>其他签署方尚未签署。</translation>
    </message>
    <message>
        <source>Press F12 to send the contract to the same customer again.</source>
        <translation>按 F12 向同一客户重新发起。</translation>
    </message>
    <message>
        <source>Reason: {reason}</source>
        <translation>拒签原因：{reason}</translation>
    </message>
    <message>
        <source>Revoked</source>
        <translation>已撤回</translation>
    </message>
    <message>
        <source>Revoking…</source>
        <translation>正在撤回…</translation>
    </message>
    <message>
        <source>See Track to find out which signer.</source>
        <translation>可在“跟踪”中查看是哪一方。</translation>
    </message>
    <message>
        <source>Sending…</source>
        <translation>正在发起…</translation>
    </message>
    <message>
        <source>Sent at {time}, not signed yet. The QR code is still valid. If the customer has left, keep the contract: it&apos;s in Track.</source>
        <translation>{time} 发起，尚未签署。二维码仍然有效，可再次显示。客户如已离开，可暂不处理：可在班次清单或“跟踪”中查看。</translation>
    </message>
    <message>
        <source>Signed</source>
        <translation>已签署</translation>
    </message>
    <message>
        <source>The QR code will be valid in a moment.</source>
        <translation>二维码即将生效。</translation>
    </message>
    <message>
        <source>The contract sent at {time} isn&apos;t signed yet. Nothing new was sent. Show its QR code, or revoke it and send again.</source>
        <translation>该客户已于 {time} 收到同一份合同，尚未签署。本次未重复发起。可显示原二维码，或撤回后重新发起。</translation>
    </message>
    <message>
        <source>The customer has signed</source>
        <translation>客户已签署</translation>
    </message>
    <message>
        <source>The customer&apos;s data is still here.</source>
        <translation>客户信息已保留。</translation>
    </message>
    <message>
        <source>The form shows the data entered at that time.</source>
        <translation>表单中为当时录入的内容。</translation>
    </message>
    <message>
        <source>The platform didn&apos;t confirm the contract. The customer hasn&apos;t seen anything. Check again first. As long as no QR code was shown, it&apos;s safe to send again.</source>
        <translation>未收到平台的发起结果，客户还没有看到任何内容。请先再次查询；只要没有出示过二维码，重新发起就是安全的。</translation>
    </message>
    <message>
        <source>The platform hasn&apos;t confirmed the signature yet.</source>
        <translation>平台尚未确认该签署。</translation>
    </message>
    <message>
        <source>The platform returned no signing link and notifies the customer itself.</source>
        <translation>平台没有给出签署链接，会自行通知客户。</translation>
    </message>
    <message>
        <source>This customer already signed the same contract, sent at {time}. Nothing new was sent.</source>
        <translation>该客户今日已签署同一合同（{time} 发起）。未发起新的合同。</translation>
    </message>
    <message>
        <source>Waiting for the platform: {seconds} seconds so far…</source>
        <translation>正在等待平台响应，已等待 {seconds} 秒。</translation>
    </message>
    <message>
        <source>Waiting for the signature</source>
        <translation>等待签署</translation>
    </message>
    <message>
        <source>You can keep waiting. To cancel, press Esc twice; the customer then receives no contract.</source>
        <translation>可继续等待；连按两次 Esc 即取消，客户不会收到合同。</translation>
    </message>
    <message>
        <source>back</source>
        <translation>返回上一项</translation>
    </message>
    <message>
        <source>blank the customer&apos;s screen</source>
        <translation>遮蔽客户屏</translation>
    </message>
    <message>
        <source>by SMS instead</source>
        <translation>改用短信</translation>
    </message>
    <message>
        <source>cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>check again</source>
        <translation>再次查询</translation>
    </message>
    <message>
        <source>choose contract</source>
        <translation>选择合同</translation>
    </message>
    <message>
        <source>clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>continue</source>
        <translation>下一项</translation>
    </message>
    <message>
        <source>leave counter</source>
        <translation>离开柜台</translation>
    </message>
    <message>
        <source>leave for now</source>
        <translation>暂不处理</translation>
    </message>
    <message>
        <source>lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>next customer</source>
        <translation>下一位客户</translation>
    </message>
    <message>
        <source>other ID type</source>
        <translation>更换证件类型</translation>
    </message>
    <message>
        <source>print signed contract</source>
        <translation>打印已签合同</translation>
    </message>
    <message>
        <source>revoke and clear</source>
        <translation>撤回并清空</translation>
    </message>
    <message>
        <source>revoke and send again</source>
        <translation>撤回并重新发起</translation>
    </message>
    <message>
        <source>send</source>
        <translation>发起</translation>
    </message>
    <message>
        <source>send again</source>
        <translation>重新发起</translation>
    </message>
    <message>
        <source>send another anyway</source>
        <translation>仍再发一份</translation>
    </message>
    <message>
        <source>shift sheet</source>
        <translation>班次清单</translation>
    </message>
    <message>
        <source>show QR code</source>
        <translation>显示二维码</translation>
    </message>
    <message>
        <source>show signed contract</source>
        <translation>查看已签合同</translation>
    </message>
    <message>
        <source>switch screen</source>
        <translation>切换客户屏</translation>
    </message>
    <message>
        <source>try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>CurrentContract</name>
    <message>
        <source>A contract is being sent.</source>
        <translation>有合同正在发起。</translation>
    </message>
    <message>
        <source>Discard and continue</source>
        <translation>放弃并继续</translation>
    </message>
    <message>
        <source>Message from a signer: “{reason}”</source>
        <translation>签署方留言：“{reason}”</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>The original contract stays valid until you send the corrected one. Only then is it revoked.</source>
        <translation>原合同保持不变，直到您发起这份更正后的合同时才会撤回。</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>Wait until this contract has been sent, then open the next one.</source>
        <translation>待此合同发起完成后，再打开下一份。</translation>
    </message>
    <message>
        <source>“{title}” is open for editing again and will be sent as a new contract.</source>
        <translation>“{title}”已重新打开供编辑，将作为新合同发起。</translation>
    </message>
    <message>
        <source>“{title}” was deleted.</source>
        <translation>已删除“{title}”。</translation>
    </message>
    <message>
        <source>“{title}” was discarded.</source>
        <translation>已丢弃“{title}”。</translation>
    </message>
</context>
<context>
    <name>CustomerDisplay</name>
    <message>
        <source>Customer&apos;s screen</source>
        <translation>客户屏</translation>
    </message>
    <message>
        <source>One moment, please</source>
        <translation>请稍候</translation>
    </message>
    <message>
        <source>Please scan the code to read and sign</source>
        <translation>请扫码阅读并签署</translation>
    </message>
    <message>
        <source>Please wait, the teller is assisting you</source>
        <translation>请稍候，柜员正在为您处理</translation>
    </message>
    <message>
        <source>Signed. Thank you!</source>
        <translation>签署完成，谢谢！</translation>
    </message>
    <message>
        <source>Signing QR code</source>
        <translation>签署二维码</translation>
    </message>
    <message>
        <source>Use WeChat, Alipay or your phone&apos;s camera</source>
        <translation>可使用微信、支付宝或手机相机</translation>
    </message>
    <message>
        <source>Valid for another {time}</source>
        <translation>剩余有效时间 {time}</translation>
    </message>
</context>
<context>
    <name>CustomerWords</name>
    <message>
        <source>According to this ID number, the customer is over 120 years old. Check the year of birth.</source>
        <translation>按此证件号码，客户已超过 120 岁：请核对出生年份。</translation>
    </message>
    <message>
        <source>An ID number must have 18 characters. Compare it with the card.</source>
        <translation>居民身份证号码为 18 位，此号码位数不符：请与证件核对。</translation>
    </message>
    <message>
        <source>Invalid ID number. Compare it with the card.</source>
        <translation>证件号码无效，请与证件核对。</translation>
    </message>
    <message>
        <source>Invalid mobile number. Check it with the customer.</source>
        <translation>手机号无效，请向客户确认。</translation>
    </message>
    <message>
        <source>Invalid unified social credit code. Compare it with the business license.</source>
        <translation>统一社会信用代码无效，请与营业执照核对。</translation>
    </message>
    <message>
        <source>No mobile number. The QR code on the screen still works.</source>
        <translation>没有手机号，不影响扫码签署。</translation>
    </message>
    <message>
        <source>One number is neither a resident ID number nor a mobile number. For other ID types, press Ctrl+I.</source>
        <translation>有一个号码既不是居民身份证号码，也不是手机号：其他证件请按 Ctrl+I 选择类型。</translation>
    </message>
    <message>
        <source>Several ID numbers were entered. Keep one.</source>
        <translation>有多个证件号码，请只保留一个。</translation>
    </message>
    <message>
        <source>Several ID types use this number format. Choose one with Ctrl+I.</source>
        <translation>有多种证件使用这样的号码：请按 Ctrl+I 选择证件类型。</translation>
    </message>
    <message>
        <source>Several mobile numbers were entered. Keep one.</source>
        <translation>有多个手机号，请只保留一个。</translation>
    </message>
    <message>
        <source>Several names were entered. Keep one.</source>
        <translation>有多个姓名，请只保留一个。</translation>
    </message>
    <message>
        <source>Several organizations were entered. Keep one.</source>
        <translation>输入了多个企业名称，请只保留一个。</translation>
    </message>
    <message>
        <source>Several unified social credit codes were entered. Keep one.</source>
        <translation>输入了多个统一社会信用代码，请只保留一个。</translation>
    </message>
    <message>
        <source>The ID number is missing.</source>
        <translation>缺少证件号码。</translation>
    </message>
    <message>
        <source>The name has only one character. Compare it with the card.</source>
        <translation>姓名只有一个字：请与证件核对。</translation>
    </message>
    <message>
        <source>The name is missing.</source>
        <translation>缺少姓名。</translation>
    </message>
    <message>
        <source>The number doesn&apos;t match its type. Check it, or press Ctrl+I to choose another type.</source>
        <translation>号码与证件类型不符：请核对号码，或按 Ctrl+I 更换类型。</translation>
    </message>
    <message>
        <source>The organization&apos;s name is missing.</source>
        <translation>缺少企业名称。</translation>
    </message>
    <message>
        <source>The platform keeps the mobile number that it already has. The QR code on the screen still works.</source>
        <translation>平台保留其原有手机号，不影响扫码签署。</translation>
    </message>
    <message>
        <source>The representative&apos;s name is missing.</source>
        <translation>缺少经办人姓名。</translation>
    </message>
    <message>
        <source>The unified social credit code is missing.</source>
        <translation>缺少统一社会信用代码。</translation>
    </message>
    <message>
        <source>This ID number is saved under a different name. Compare it with the card.</source>
        <translation>该证件号码登记的是另一个姓名，请与证件核对。</translation>
    </message>
    <message>
        <source>This unified social credit code is saved under a different name. Compare it with the business license.</source>
        <translation>该统一社会信用代码已以另一名称保存，请与营业执照核对。</translation>
    </message>
    <message>
        <source>Under 18: can this person sign alone?</source>
        <translation>未满 18 周岁：能否单独签署？</translation>
    </message>
    <message>
        <source>female</source>
        <translation>女</translation>
    </message>
    <message>
        <source>male</source>
        <translation>男</translation>
    </message>
    <message>
        <source>{sex}, {years} years old</source>
        <translation>{sex}，{years} 岁</translation>
    </message>
</context>
<context>
    <name>DeliberateButton</name>
    <message>
        <source>You pressed too soon, so nothing was done. To confirm, press again.</source>
        <translation>操作过快，未予执行。如确需执行，请再按一次。</translation>
    </message>
</context>
<context>
    <name>DetailsPane</name>
    <message numerus="yes">
        <source>%n contract(s) released</source>
        <translation>
            <numerusform>已释放 %n 份合同</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s) reserved</source>
        <translation>
            <numerusform>已冻结 %n 份合同</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s) used</source>
        <translation>
            <numerusform>已扣减 %n 份合同</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s), reserved when signers see them</source>
        <translation>
            <numerusform>%n 份合同，签署方看到合同时冻结</numerusform>
        </translation>
    </message>
    <message>
        <source>All times are China time</source>
        <translation>均为北京时间</translation>
    </message>
    <message>
        <source>Due {moment}</source>
        <translation>签署截止 {moment}</translation>
    </message>
    <message>
        <source>Initiator: {name}</source>
        <translation>发起方：{name}</translation>
    </message>
    <message>
        <source>More commands</source>
        <translation>更多操作</translation>
    </message>
    <message>
        <source>Press again to revoke for all signers</source>
        <translation>再按一次，对所有人撤回</translation>
    </message>
    <message>
        <source>Press again to revoke; no one has seen it</source>
        <translation>再按一次即撤回；尚无人看到</translation>
    </message>
    <message numerus="yes">
        <source>Revoke %n selected…</source>
        <translation>
            <numerusform>撤回所选的 %n 份…</numerusform>
        </translation>
    </message>
    <message>
        <source>Start signing</source>
        <translation>开始签署</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Updated {moment} (China time)</source>
        <translation>{moment} 更新（北京时间）</translation>
    </message>
</context>
<context>
    <name>DifferenceWords</name>
    <message>
        <source>Added on page {page}: “{text}”.</source>
        <translation>第 {page} 页新增“{text}”。</translation>
    </message>
    <message>
        <source>Changed on page {page}: “{text}”.</source>
        <translation>第 {page} 页已改动：“{text}”。</translation>
    </message>
    <message>
        <source>Filled in on page {page}: “{text}”.</source>
        <translation>第 {page} 页已填写“{text}”。</translation>
    </message>
    <message>
        <source>Moved on page {page}: “{text}”.</source>
        <translation>第 {page} 页位置有变：“{text}”。</translation>
    </message>
    <message>
        <source>Other differences found.</source>
        <translation>另有不同之处。</translation>
    </message>
    <message>
        <source>Page {pages}, which has a seal, is missing.</source>
        <translation>缺少印章所在的第 {pages} 页。</translation>
    </message>
    <message>
        <source>Page {page} has no readable text.</source>
        <translation>第 {page} 页没有可读取的文字。</translation>
    </message>
    <message>
        <source>Text is missing on page {page} after “{text}”.</source>
        <translation>第 {page} 页“{text}”之后缺少文字。</translation>
    </message>
    <message>
        <source>The party “{text}” is missing.</source>
        <translation>缺少“{text}”一方。</translation>
    </message>
    <message>
        <source>The places to sign are in a different order, beginning with “{text}”.</source>
        <translation>签署处的顺序不同，自“{text}”起。</translation>
    </message>
    <message>
        <source>“{keyword}” found {found} times; the preset expects {expected}.</source>
        <translation>关键字“{keyword}”出现 {found} 次，常用合同为 {expected} 次。</translation>
    </message>
    <message>
        <source>“{keyword}” is missing.</source>
        <translation>缺少关键字“{keyword}”。</translation>
    </message>
    <message>
        <source>“{text}” has a different number of places to sign.</source>
        <translation>“{text}”的签署处数量不同。</translation>
    </message>
    <message>
        <source>“{text}” is an additional party.</source>
        <translation>多出“{text}”一方。</translation>
    </message>
</context>
<context>
    <name>DocumentCard</name>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n 页</numerusform>
        </translation>
    </message>
    <message>
        <source>Find signers and seals</source>
        <translation>识别签署方和印章位置</translation>
    </message>
    <message>
        <source>More actions for {name}</source>
        <translation>{name} 的更多操作</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Pages at the end…</source>
        <translation>末尾附加页…</translation>
    </message>
    <message>
        <source>Remove from contract</source>
        <translation>从合同中移除</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Replace with new version…</source>
        <translation>替换为新版本…</translation>
    </message>
    <message>
        <source>from a template</source>
        <translation>由模板生成</translation>
    </message>
</context>
<context>
    <name>DocumentsPanel</name>
    <message numerus="yes">
        <source>%n cross-page seal(s) on rotated pages moved to the right edge. Check them.</source>
        <translation>
            <numerusform>%n 枚骑缝章原先落在旋转页面的其他边，现已移到右侧边缘，请核对。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n keyword(s) converted to fixed seal positions, because no single offset fits all pages.</source>
        <translation>
            <numerusform>%n 个关键字已在原处转为固定印章：各页无法共用同一偏移量。</numerusform>
        </translation>
    </message>
    <message>
        <source>Add PDFs to the contract</source>
        <translation>向合同添加 PDF</translation>
    </message>
    <message numerus="yes">
        <source>Check %n seal(s) on the new version of “{name}”.</source>
        <translation>
            <numerusform>请在“{name}”的新版本上核对 %n 枚印章。</numerusform>
        </translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>From a template…</source>
        <translation>从模板…</translation>
    </message>
    <message>
        <source>PDFs or images…</source>
        <translation>PDF 或图片…</translation>
    </message>
    <message>
        <source>PDFs you add appear here with all their pages.</source>
        <translation>合同中的 PDF 及其全部页面显示在这里。</translation>
    </message>
    <message>
        <source>Press F8 to go through the seals.</source>
        <translation>按 F8 可逐个查看。</translation>
    </message>
    <message>
        <source>Reading pages: {done} of {count}…</source>
        <translation>正在识别页面：已完成 {done} / {count} 页…</translation>
    </message>
    <message>
        <source>Save upright copy</source>
        <translation>保存摆正副本</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>The seals stayed in place. Undo restores the original file.</source>
        <translation>印章位置保持不变。撤销即可换回原文件。</translation>
    </message>
    <message>
        <source>{name} (upright).pdf</source>
        <translation>{name}（摆正）.pdf</translation>
    </message>
    <message>
        <source>“{name}” has been replaced with an upright copy.</source>
        <translation>“{name}”已换成摆正副本。</translation>
    </message>
</context>
<context>
    <name>DoubtRow</name>
    <message>
        <source>Confirmed: {doubt}</source>
        <translation>已确认：{doubt}</translation>
    </message>
    <message>
        <source>Show the open contract</source>
        <translation>查看未完成的合同</translation>
    </message>
</context>
<context>
    <name>DoubtSentences</name>
    <message>
        <source>Change to {name}</source>
        <translation>改为 {name}</translation>
    </message>
    <message>
        <source>Keep the seal there</source>
        <translation>保留在原处</translation>
    </message>
    <message>
        <source>Keep {name}</source>
        <translation>仍用 {name}</translation>
    </message>
    <message>
        <source>No names were found in the document, so it couldn&apos;t be compared with the signers.</source>
        <translation>文件中未读到姓名或名称，无法与签署方核对。</translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>再次发起</translation>
    </message>
    <message>
        <source>The document gives the ID number {paper} for {label}, but the signer&apos;s ID number is {form}.</source>
        <translation>合同文本中{label}的证件号码是 {paper}，签署方的号码却是 {form}。</translation>
    </message>
    <message>
        <source>The document names {label} as “{paper}”, but the signer is “{form}”.</source>
        <translation>合同文本中{label}写作“{paper}”，签署方为“{form}”。</translation>
    </message>
    <message>
        <source>The document names {paper} as legal representative of {label}, but {form} is its representative here.</source>
        <translation>合同文本中{label}的法定代表人是{paper}，经办人是{form}。</translation>
    </message>
    <message>
        <source>The document names {paper} as {label}, although this party is different each time.</source>
        <translation>合同文本中{label}写着“{paper}”，但这一方每次都不同。</translation>
    </message>
    <message>
        <source>The document names {paper} as {label}, but the signer is {form}. The document doesn&apos;t mention {form}.</source>
        <translation>合同文本中{label}是“{paper}”，签署方却是“{form}”；全文未出现“{form}”。</translation>
    </message>
    <message>
        <source>The document names {paper} as {label}, who isn&apos;t a signer of this contract.</source>
        <translation>合同文本中写有{label}“{paper}”，但该方不签署本合同。</translation>
    </message>
    <message>
        <source>The same files were already sent to the same signers, and “{paper}” is still being signed.</source>
        <translation>同样的文件已发给同样的签署方，“{paper}”尚在签署中。</translation>
    </message>
    <message>
        <source>Two cross-page seals of {form} overlap.</source>
        <translation>{form}的两枚骑缝章互相重叠。</translation>
    </message>
    <message>
        <source>a party</source>
        <translation>一方</translation>
    </message>
    <message>
        <source>{form} doesn&apos;t sign {paper}.</source>
        <translation>{form}不签署{paper}。</translation>
    </message>
    <message>
        <source>{form}&apos;s seal was placed at “{paper}”, but the document no longer contains these words.</source>
        <translation>{form}的签章原放在“{paper}”旁，文件中已找不到这些文字。</translation>
    </message>
    <message>
        <source>{name} belongs there</source>
        <translation>{name}本应写在此处</translation>
    </message>
</context>
<context>
    <name>DraftCard</name>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n 页</numerusform>
        </translation>
    </message>
    <message>
        <source>Being edited</source>
        <translation>正在编辑</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>创建副本</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
</context>
<context>
    <name>DraftsList</name>
    <message>
        <source>Back to the contract</source>
        <translation>返回编辑</translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>No drafts yet. Contracts you prepare are saved here automatically.</source>
        <translation>还没有草稿：准备中的合同会自动保存在这里。</translation>
    </message>
</context>
<context>
    <name>EditNames</name>
    <message>
        <source>Accept proposals</source>
        <translation>采用识别结果</translation>
    </message>
    <message>
        <source>Add documents</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Add signer</source>
        <translation>添加签署方</translation>
    </message>
    <message>
        <source>Align seals</source>
        <translation>对齐印章</translation>
    </message>
    <message>
        <source>Change documents to sign</source>
        <translation>更改签署文件</translation>
    </message>
    <message>
        <source>Change form fields</source>
        <translation>修改填写项</translation>
    </message>
    <message>
        <source>Change options</source>
        <translation>修改签署选项</translation>
    </message>
    <message>
        <source>Change pages at the end</source>
        <translation>修改末尾附加页</translation>
    </message>
    <message>
        <source>Change seals</source>
        <translation>修改印章</translation>
    </message>
    <message>
        <source>Change signer</source>
        <translation>修改签署方</translation>
    </message>
    <message>
        <source>Change signer of seals</source>
        <translation>更换印章的签署方</translation>
    </message>
    <message>
        <source>Change signing order</source>
        <translation>调整签署顺序</translation>
    </message>
    <message>
        <source>Change tables</source>
        <translation>修改附表</translation>
    </message>
    <message>
        <source>Confirm keyword seals</source>
        <translation>确认关键字印章</translation>
    </message>
    <message>
        <source>Copy seals to pages</source>
        <translation>复制印章到其他页</translation>
    </message>
    <message>
        <source>Create upright copy</source>
        <translation>生成摆正副本</translation>
    </message>
    <message>
        <source>Distribute seals</source>
        <translation>均匀分布印章</translation>
    </message>
    <message>
        <source>Duplicate seals</source>
        <translation>创建印章副本</translation>
    </message>
    <message>
        <source>Fill in form</source>
        <translation>填写表单</translation>
    </message>
    <message>
        <source>Group pages for cross-page seal</source>
        <translation>骑缝章按页分组</translation>
    </message>
    <message>
        <source>Move document</source>
        <translation>移动文件</translation>
    </message>
    <message>
        <source>Move seals</source>
        <translation>移动印章</translation>
    </message>
    <message>
        <source>Paste seals</source>
        <translation>粘贴印章</translation>
    </message>
    <message>
        <source>Place cross-page seal</source>
        <translation>放置骑缝章</translation>
    </message>
    <message>
        <source>Place keyword seals</source>
        <translation>按关键字放置印章</translation>
    </message>
    <message>
        <source>Place seal</source>
        <translation>放置印章</translation>
    </message>
    <message>
        <source>Remove document</source>
        <translation>移除文件</translation>
    </message>
    <message>
        <source>Remove seals</source>
        <translation>移除印章</translation>
    </message>
    <message>
        <source>Remove signer</source>
        <translation>移除签署方</translation>
    </message>
    <message>
        <source>Rename document</source>
        <translation>重命名文件</translation>
    </message>
    <message>
        <source>Replace document</source>
        <translation>替换文件</translation>
    </message>
    <message>
        <source>Resize seals</source>
        <translation>调整印章大小</translation>
    </message>
    <message>
        <source>Use preset</source>
        <translation>使用常用合同</translation>
    </message>
</context>
<context>
    <name>ElsewhereQuestion</name>
    <message>
        <source>Another environment</source>
        <translation>其他环境</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>“{title}”: {act}?</source>
        <translation>“{title}”：{act}？</translation>
    </message>
</context>
<context>
    <name>EnvironmentForm</name>
    <message>
        <source>&amp;Address</source>
        <translation>地址(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>删除(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Project ID</source>
        <translation>项目 ID(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Test connection</source>
        <translation>测试连接(&amp;T)</translation>
    </message>
    <message>
        <source>Allow files in our o&amp;wn network</source>
        <translation>文件可以存放在本单位内网(&amp;W)</translation>
    </message>
    <message>
        <source>As shown in the platform&apos;s console</source>
        <translation>按平台控制台所示填写</translation>
    </message>
    <message>
        <source>Delete the secret of project {project} from the keyring</source>
        <translation>从系统密钥环中删除项目 {project} 的密钥</translation>
    </message>
    <message>
        <source>Enter the proxy as http://host:port.</source>
        <translation>代理请写成 http://主机:端口 的形式。</translation>
    </message>
    <message>
        <source>If unchecked, file addresses in the local network are blocked.</source>
        <translation>未勾选时，平台给出的文件地址如指向内网，一律不予访问。</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>正在使用</translation>
    </message>
    <message>
        <source>Leave empty for a direct connection</source>
        <translation>直接连接时留空</translation>
    </message>
    <message>
        <source>Press again to switch; contracts will then be legally binding</source>
        <translation>再按一次即切换：今后的合同具有法律效力</translation>
    </message>
    <message>
        <source>Pro&amp;xy</source>
        <translation>代理(&amp;X)</translation>
    </message>
    <message>
        <source>Saved. Enter a new secret to replace it.</source>
        <translation>已保存。输入新密钥可替换。</translation>
    </message>
    <message>
        <source>Se&amp;cret</source>
        <translation>密钥(&amp;C)</translation>
    </message>
    <message>
        <source>Start rehearsal</source>
        <translation>启动演练</translation>
    </message>
    <message>
        <source>Starting rehearsal…</source>
        <translation>正在启动演练…</translation>
    </message>
    <message>
        <source>Switch to this environment</source>
        <translation>切换到此环境</translation>
    </message>
    <message>
        <source>The address must be a complete https address.</source>
        <translation>地址必须是完整的 https 地址。</translation>
    </message>
    <message>
        <source>The secret is stored only in the operating system&apos;s keyring, never in a file, and isn&apos;t shown again.</source>
        <translation>仅保存在系统密钥环中，不写入文件，也不会再次显示。</translation>
    </message>
    <message>
        <source>This computer has no keyring, so the secret can&apos;t be saved. You&apos;ll be asked for it in each session.</source>
        <translation>本机没有可保存密钥的系统密钥环：每次启动都需输入密钥。</translation>
    </message>
    <message>
        <source>You need an account on the e签宝 open platform. Its console shows the project ID and secret. Enter both, test the connection, then switch to this environment.</source>
        <translation>需要 e签宝开放平台的账号。请在平台控制台查看项目 ID 和密钥，填写后先测试连接，再切换到此环境。</translation>
    </message>
    <message>
        <source>http://host:port, or http://user:password@host:port. The password is stored in the keyring.</source>
        <translation>http://主机:端口，或 http://用户名:密码@主机:端口。密码保存在系统密钥环中。</translation>
    </message>
</context>
<context>
    <name>EnvironmentPicker</name>
    <message>
        <source>{environment} · in use</source>
        <translation>{environment} · 正在使用</translation>
    </message>
</context>
<context>
    <name>EnvironmentWords</name>
    <message>
        <source>Contracts are legally binding.</source>
        <translation>合同具有法律效力。</translation>
    </message>
    <message>
        <source>Contracts are sent to {host}. Treat them as legally binding.</source>
        <translation>合同发往 {host}，请视为具有法律效力。</translation>
    </message>
    <message>
        <source>Contracts have no legal effect.</source>
        <translation>在此签署的合同不具有法律效力。</translation>
    </message>
    <message>
        <source>Custom address</source>
        <translation>自定义地址</translation>
    </message>
    <message>
        <source>No data leaves this computer, and nothing has legal effect.</source>
        <translation>数据不会离开这台电脑，也不具有法律效力。</translation>
    </message>
    <message>
        <source>Production</source>
        <translation>正式环境</translation>
    </message>
    <message>
        <source>Rehearsal</source>
        <translation>演练环境</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试环境</translation>
    </message>
    <message>
        <source>This contract belongs to another project or address in {theirs}.</source>
        <translation>本合同属于{theirs}的另一个项目或地址。</translation>
    </message>
    <message>
        <source>This contract belongs to {theirs}.</source>
        <translation>本合同属于：{theirs}。</translation>
    </message>
    <message>
        <source>This contract belongs to {theirs}. This window is using {here}.</source>
        <translation>本合同属于：{theirs}。当前窗口：{here}。</translation>
    </message>
    <message>
        <source>Treat contracts as legally binding.</source>
        <translation>请将合同视为具有法律效力。</translation>
    </message>
    <message>
        <source>{act} — {environment}</source>
        <translation>{act}（{environment}）</translation>
    </message>
</context>
<context>
    <name>ErrorSentences</name>
    <message>
        <source>A QR code is on the screen.</source>
        <translation>屏幕上正显示二维码。</translation>
    </message>
    <message>
        <source>A cell can contain at most {most} characters.</source>
        <translation>单元格最多 {most} 个字。</translation>
    </message>
    <message>
        <source>A cell of this sheet contains more than {max} characters, so nothing was read.</source>
        <translation>该表格有一个单元格超过 {max} 个字符，未读取任何内容。</translation>
    </message>
    <message>
        <source>A contract with this person is still being sent. Nothing was changed.</source>
        <translation>与此人有关的一份合同尚未发起完成。未作任何更改。</translation>
    </message>
    <message>
        <source>A correction of this contract has already been sent or is being sent.</source>
        <translation>本合同的更正已经发起，或正在发起。</translation>
    </message>
    <message>
        <source>A file with that name already exists. It was not overwritten.</source>
        <translation>已有同名文件，未予覆盖。</translation>
    </message>
    <message>
        <source>A form in this correction hasn&apos;t been filled in.</source>
        <translation>此更正中的表单尚未填写任何内容。</translation>
    </message>
    <message>
        <source>A person in the preset isn&apos;t registered on this platform yet.</source>
        <translation>常用合同中有人员尚未在此平台登记。</translation>
    </message>
    <message>
        <source>A person required by the preset is missing.</source>
        <translation>缺少常用合同所需的人员。</translation>
    </message>
    <message>
        <source>A sheet is already being sent.</source>
        <translation>已有一份表格正在发起。</translation>
    </message>
    <message>
        <source>A table can have at most {rows} rows and {columns} columns.</source>
        <translation>附表最多 {rows} 行、{columns} 列。</translation>
    </message>
    <message>
        <source>A table contains characters that can&apos;t be written to its pages.</source>
        <translation>附表中有无法写入页面的字符。</translation>
    </message>
    <message>
        <source>According to this computer&apos;s clock, the platform&apos;s certificate isn&apos;t currently valid.</source>
        <translation>按本机时间，平台的证书不在有效期内。</translation>
    </message>
    <message>
        <source>Accounts are never moved to another identity. For a person with a new identity document, create a new contact.</source>
        <translation>账号不会转给其他身份。更换证件的，请另建联系人。</translation>
    </message>
    <message>
        <source>Add text fields in the program that the file was created with, then open the file again.</source>
        <translation>请在制作该文件的程序中添加文本填写项，再重新打开。</translation>
    </message>
    <message>
        <source>All signers have signed this contract, so it can no longer be corrected.</source>
        <translation>本合同已全部签署，不能再更正。</translation>
    </message>
    <message>
        <source>An earlier version kept a signer&apos;s account after the signer was changed to someone else. Enter the ID number next time. Contracts already sent are unaffected; Track shows who received them.</source>
        <translation>旧版本在将签署方改填为他人时保留了原账号。下次请重新填写其证件号码；已发起的合同不受影响，可在“跟踪”中查看发给了谁。</translation>
    </message>
    <message>
        <source>Another computer is writing to this computer&apos;s backup.</source>
        <translation>另一台电脑正在写入本机的备份。</translation>
    </message>
    <message>
        <source>Another contract is being sent.</source>
        <translation>正在发起另一份合同。</translation>
    </message>
    <message>
        <source>Another contract is open at the counter.</source>
        <translation>柜台上还有一份合同。</translation>
    </message>
    <message>
        <source>Another preset already has this name.</source>
        <translation>已有同名的常用合同。</translation>
    </message>
    <message>
        <source>Another template is being created.</source>
        <translation>正在制作另一个模板。</translation>
    </message>
    <message>
        <source>Another window may be asking for the keyring&apos;s password. Enter the password there, then try again.</source>
        <translation>另一个窗口可能正在等待输入系统密钥环的密码。请在那里输入密码，然后重试。</translation>
    </message>
    <message>
        <source>Ask for a new export.</source>
        <translation>请让对方重新导出。</translation>
    </message>
    <message>
        <source>Ask for the file again, or download it again.</source>
        <translation>请让对方重新提供文件，或从原处重新获取。</translation>
    </message>
    <message>
        <source>Ask for write permission, or choose another folder in Settings.</source>
        <translation>请申请该处的写入权限，或在“设置”中另选文件夹。</translation>
    </message>
    <message>
        <source>Ask the platform whether your application is allowed to sign automatically.</source>
        <translation>请向平台确认您的应用是否已开通自动签署（静默签署）。</translation>
    </message>
    <message>
        <source>At most {most} pages can follow the form; there is room for {left} more.</source>
        <translation>表单后最多可附加 {most} 页，还可再附加 {left} 页。</translation>
    </message>
    <message>
        <source>Available computers: {names}.</source>
        <translation>现有：{names}。</translation>
    </message>
    <message>
        <source>Before you cancel and send again, ask the signers or the platform&apos;s support.</source>
        <translation>取消并重新发起合同之前，请先询问签署方或平台客服。</translation>
    </message>
    <message>
        <source>Before you choose another contract, finish the open one, or press Esc twice to clear it.</source>
        <translation>请先办完当前合同，或连按两次 Esc 清空，再选择别的合同。</translation>
    </message>
    <message>
        <source>Before you choose another contract, wait for the signature, or press Esc twice to revoke this contract.</source>
        <translation>请等客户签署，或连按两次 Esc 撤回这份合同，再选择别的合同。</translation>
    </message>
    <message>
        <source>Before you send another contract, ask one of the signers or the platform&apos;s support.</source>
        <translation>再次发起之前，请先询问其中一位签署方或平台客服。</translation>
    </message>
    <message>
        <source>Calibrate again to keep waiting. If you cancel the sheet then, it is revoked and costs nothing.</source>
        <translation>再次校准可继续等待；届时也可放弃：放弃后将撤回，不扣减份数。</translation>
    </message>
    <message>
        <source>Calibrate the test environment, then enter the results in Settings.</source>
        <translation>请校准测试环境；得到的结果可在“设置”中手动设置。</translation>
    </message>
    <message>
        <source>Can&apos;t ask for the passphrase: there is no terminal.</source>
        <translation>无法询问口令：没有终端。</translation>
    </message>
    <message>
        <source>Can&apos;t reach the platform: no connection.</source>
        <translation>无法连接平台：网络不通。</translation>
    </message>
    <message>
        <source>Can&apos;t reach the proxy, or it doesn&apos;t allow this connection.</source>
        <translation>无法连接代理服务器，或代理不允许此连接。</translation>
    </message>
    <message>
        <source>Can&apos;t write to the backup folder.</source>
        <translation>无法写入备份文件夹。</translation>
    </message>
    <message>
        <source>Change the preset&apos;s deadline in Presets, then choose the sheet again.</source>
        <translation>请在“常用合同”中更改签署期限，再重新选择表格。</translation>
    </message>
    <message>
        <source>Check Caps Lock and the input language.</source>
        <translation>请检查大小写和输入法状态。</translation>
    </message>
    <message>
        <source>Check that the network share or USB drive is connected and readable, then try again.</source>
        <translation>请检查共享文件夹或 U 盘是否已连接且可读，然后重试。</translation>
    </message>
    <message>
        <source>Check the address in Settings. It may not belong to the signing platform.</source>
        <translation>请检查“设置”中的地址：它可能不是签署平台的地址。</translation>
    </message>
    <message>
        <source>Check the contract in Prepare, then try again.</source>
        <translation>请在“准备”中检查合同后重试。</translation>
    </message>
    <message>
        <source>Check the contract in Track before you continue. Nothing is sent twice automatically.</source>
        <translation>继续之前请先在“跟踪”中查看；程序不会自行重复发起。</translation>
    </message>
    <message>
        <source>Check the contract in Track before you send it again.</source>
        <translation>再次发起之前，请先在“跟踪”中查看该合同。</translation>
    </message>
    <message>
        <source>Check the contract in Track. To send a similar contract, start a new one.</source>
        <translation>请在“跟踪”中查看。如需再发一份，请新建合同。</translation>
    </message>
    <message>
        <source>Check the contract&apos;s status in Track.</source>
        <translation>请在“跟踪”中查看其状态。</translation>
    </message>
    <message>
        <source>Check the form&apos;s values in Prepare. A field may be too small for its value.</source>
        <translation>请在“准备”中检查所填内容，填写项可能放不下。</translation>
    </message>
    <message>
        <source>Check the network cable or Wi-Fi and the address in Settings, then try again.</source>
        <translation>请检查网线或 Wi-Fi，以及“设置”中的地址，然后重试。</translation>
    </message>
    <message>
        <source>Check the number, or confirm it with the person.</source>
        <translation>请核对，或向本人确认。</translation>
    </message>
    <message>
        <source>Check the positions of the seals in Prepare, then try again.</source>
        <translation>请在“准备”中检查印章位置后重试。</translation>
    </message>
    <message>
        <source>Check the proxy in Settings; leave it empty for a direct connection.</source>
        <translation>请检查“设置”中的代理；直接连接时留空。</translation>
    </message>
    <message>
        <source>Check the secret in Settings. If it&apos;s correct, a device on the network is altering the traffic: tell your network administrator.</source>
        <translation>请检查“设置”中的密钥。若密钥无误，说明途中有设备改动了数据，请告知网络管理员。</translation>
    </message>
    <message>
        <source>Check the sheet again before you send it.</source>
        <translation>请重新查看表格后再发起。</translation>
    </message>
    <message>
        <source>Check the table for rare characters and emoji, and replace them.</source>
        <translation>请检查附表中的生僻字和表情符号，改用其他写法。</translation>
    </message>
    <message>
        <source>Check your drafts and Track. Anything newer than the backup is missing.</source>
        <translation>请检查草稿和“跟踪”：备份之后的内容已缺失。</translation>
    </message>
    <message>
        <source>Choose a .vcf file exported from a phone or mail program.</source>
        <translation>请选择手机或邮件程序导出的 .vcf 文件。</translation>
    </message>
    <message>
        <source>Choose a PNG or JPEG file.</source>
        <translation>请选择 PNG 或 JPEG 文件。</translation>
    </message>
    <message>
        <source>Choose a cell further up or to the left, or add rows in the spreadsheet.</source>
        <translation>请选择更靠上或更靠左的单元格，或在表格文件中增加行。</translation>
    </message>
    <message>
        <source>Choose a field type, then draw the field on the page.</source>
        <translation>请选择填写项类型，并在页面上绘制。</translation>
    </message>
    <message>
        <source>Choose a folder on another disk: a backup on the same disk would be lost with the original.</source>
        <translation>请选择另一块磁盘上的文件夹：与原件放在一起的备份会一同损坏。</translation>
    </message>
    <message>
        <source>Choose a longer keyword that appears only where a seal belongs.</source>
        <translation>请换一个更长、只出现在盖章处的关键字。</translation>
    </message>
    <message>
        <source>Choose a lower zoom level.</source>
        <translation>请缩小显示比例。</translation>
    </message>
    <message>
        <source>Choose a person or an organization.</source>
        <translation>请选择个人或企业。</translation>
    </message>
    <message>
        <source>Choose an .xlsx or .csv file.</source>
        <translation>请选择 .xlsx 或 .csv 文件。</translation>
    </message>
    <message>
        <source>Choose an .xlsx, .csv or .vcf file.</source>
        <translation>请选择 .xlsx、.csv 或 .vcf 文件。</translation>
    </message>
    <message>
        <source>Choose an image of at most 2 MB and 4,000 pixels per side.</source>
        <translation>请选择不超过 2 MB、边长不超过 4000 像素的图片。</translation>
    </message>
    <message>
        <source>Choose another PIN.</source>
        <translation>请换一个 PIN 码。</translation>
    </message>
    <message>
        <source>Choose another folder, or ask for write permission.</source>
        <translation>请选择其他文件夹，或申请写入权限。</translation>
    </message>
    <message>
        <source>Choose another folder, or free some space.</source>
        <translation>请选择其他文件夹，或释放一些空间。</translation>
    </message>
    <message>
        <source>Choose another folder, or move the existing file.</source>
        <translation>请选择其他文件夹，或移走该文件。</translation>
    </message>
    <message>
        <source>Choose another keyword, or place the seal by coordinates.</source>
        <translation>请更换关键字，或改用坐标指定印章位置。</translation>
    </message>
    <message>
        <source>Choose another keyword, or set fallback positions.</source>
        <translation>请更换关键字，或指定备用坐标。</translation>
    </message>
    <message>
        <source>Choose another name for the merged file.</source>
        <translation>请为合并后的文件另取名称。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>请另取名称。</translation>
    </message>
    <message>
        <source>Choose another port in Settings, and update the company proxy accordingly.</source>
        <translation>请在“设置”中选择其他端口，并同步修改公司代理的配置。</translation>
    </message>
    <message>
        <source>Choose another preset, or create this one again from a contract.</source>
        <translation>请另选一个，或从合同重新创建。</translation>
    </message>
    <message>
        <source>Choose fewer pages, or print the document to a PDF at a lower resolution.</source>
        <translation>请减少所选页，或以较低分辨率重新打印为 PDF。</translation>
    </message>
    <message>
        <source>Choose fewer pages, shorten the tables, or remove other pages at the end.</source>
        <translation>请减少所选页、缩短附表，或移除末尾的其他附加页。</translation>
    </message>
    <message>
        <source>Choose that environment in Settings, or create the preset again for the current environment.</source>
        <translation>请在“设置”中选择该环境，或为当前环境重新创建常用合同。</translation>
    </message>
    <message>
        <source>Choose that project in Settings, then check again.</source>
        <translation>请在“设置”中选择该项目后再查询。</translation>
    </message>
    <message>
        <source>Choose the contract again from the list in Track.</source>
        <translation>请在“跟踪”列表中重新选择。</translation>
    </message>
    <message>
        <source>Choose the file again and compare both versions.</source>
        <translation>请重新选择文件，再次对照。</translation>
    </message>
    <message>
        <source>Choose the image again, or choose another one.</source>
        <translation>请重新选择，或换一张图片。</translation>
    </message>
    <message>
        <source>Choose “Create template…” again to see where the template will be created.</source>
        <translation>请再看一次说明页，上面写明模板会送到哪里。</translation>
    </message>
    <message>
        <source>Click the page to place the seals.</source>
        <translation>请单击放置印章。</translation>
    </message>
    <message>
        <source>Click “Start rehearsal” at the bottom of the window, then try again.</source>
        <translation>请点击窗口底部的“启动演练”，然后重试。</translation>
    </message>
    <message>
        <source>Close the program that is using the database (such as a backup program or virus scanner), then try again.</source>
        <translation>请关闭正在占用数据库的程序（如备份、杀毒软件），然后重试。</translation>
    </message>
    <message>
        <source>Close the sheet in the other program, or check that you&apos;re allowed to read it. Then try again.</source>
        <translation>请先在其他程序中关闭它，或确认您有权读取，然后重试。</translation>
    </message>
    <message>
        <source>Compare the name and ID number with the identity document.</source>
        <translation>请将姓名和号码与证件核对。</translation>
    </message>
    <message>
        <source>Compare the number with the card.</source>
        <translation>请与证件核对。</translation>
    </message>
    <message>
        <source>Complete the preset&apos;s fixed signers in Presets, then use the preset again.</source>
        <translation>请在“常用合同”中补全其固定人员后再使用。</translation>
    </message>
    <message>
        <source>Confirm all occurrences under Seals, or choose another keyword.</source>
        <translation>请在印章处勾选确认，或更换关键字。</translation>
    </message>
    <message>
        <source>Contacts unlinked because they may have used another person&apos;s account: {count}.</source>
        <translation>{count} 个联系人的账号可能属于他人，已解除关联。</translation>
    </message>
    <message>
        <source>Continue or cancel the contract in Track, then delete the person&apos;s data.</source>
        <translation>请先在“跟踪”中继续发起或取消，然后再清除此人信息。</translation>
    </message>
    <message>
        <source>Continue or cancel the contract in Track. After you cancel it, you can open and change it again.</source>
        <translation>请在“跟踪”中继续发起或取消；取消后即可重新打开并修改。</translation>
    </message>
    <message>
        <source>Continue. Completed steps won&apos;t be repeated.</source>
        <translation>请继续发起：已完成的步骤不会重复执行。</translation>
    </message>
    <message>
        <source>Continue. No one will be notified twice.</source>
        <translation>请继续；不会重复通知任何人。</translation>
    </message>
    <message>
        <source>Contracts on the platform aren&apos;t affected. Keep the data folder and send it to support before you start over.</source>
        <translation>平台上的合同不受影响。重新开始之前，请保留数据文件夹并发给技术支持。</translation>
    </message>
    <message>
        <source>Contracts sent since then are back in Track. Drafts, presets and contacts created since then are missing.</source>
        <translation>此后发出的合同已恢复到“跟踪”；此后新建的草稿、常用合同和联系人不在其中。</translation>
    </message>
    <message>
        <source>Contracts with this person that can still be signed: {count}. Nothing was changed.</source>
        <translation>此人还有 {count} 份合同可以签署，未作任何更改。</translation>
    </message>
    <message>
        <source>Copy the ID from the place where the template was created, without spaces.</source>
        <translation>请从制作模板处复制，不含空格。</translation>
    </message>
    <message>
        <source>Copy the project ID again from the platform&apos;s console, and paste it in Settings.</source>
        <translation>请从平台控制台重新复制到设置中。</translation>
    </message>
    <message>
        <source>Copy the rows in the spreadsheet program, and paste them here.</source>
        <translation>请在表格软件中复制各行，再粘贴到此处。</translation>
    </message>
    <message>
        <source>Copy the rows to a new sheet, save that sheet, and choose it.</source>
        <translation>请把其中的各行复制到新表格，保存后重新选择。</translation>
    </message>
    <message>
        <source>Correct the marked rows, or choose another sheet.</source>
        <translation>请更正标出的行，或选择另一份表格。</translation>
    </message>
    <message>
        <source>Correct the problem that the platform reports, then try again. The platform&apos;s support can look up the number.</source>
        <translation>请按提示更正后重试。该编号可供平台客服查询。</translation>
    </message>
    <message>
        <source>Correct the value, then send again.</source>
        <translation>请更正后重新发起。</translation>
    </message>
    <message>
        <source>Couldn&apos;t create an upright copy of this PDF.</source>
        <translation>无法为此 PDF 生成摆正副本。</translation>
    </message>
    <message>
        <source>Create or save the template, or cancel, before you add to a contract.</source>
        <translation>请先创建或保存模板，或取消编辑，再向合同添加内容。</translation>
    </message>
    <message>
        <source>Create the preset again from a contract.</source>
        <translation>请从合同重新创建。</translation>
    </message>
    <message>
        <source>Create the preset again with the current file.</source>
        <translation>请用当前文件重新创建常用合同。</translation>
    </message>
    <message>
        <source>Create the preset again, and choose which signer is the customer.</source>
        <translation>请重新创建，并指定哪位签署方是客户。</translation>
    </message>
    <message>
        <source>Create the template again in Presets, and use the new template here.</source>
        <translation>请在“常用合同”中重新制作模板，并改用新模板。</translation>
    </message>
    <message>
        <source>Decide in Track, under unfinished contracts. No other calibration sheet will be sent.</source>
        <translation>请在“跟踪”的未完成合同中处理。不会再发送另一份校准文件。</translation>
    </message>
    <message>
        <source>Delete unused columns, or split the sheet into several sheets.</source>
        <translation>请删除合同用不到的列，或拆分为几个表格。</translation>
    </message>
    <message>
        <source>Delete unused columns.</source>
        <translation>请删去合同用不到的列。</translation>
    </message>
    <message>
        <source>Enter 1 to select the check box, or 0 to clear it.</source>
        <translation>勾选输入 1，不勾选输入 0。</translation>
    </message>
    <message>
        <source>Enter a complete https address in Settings.</source>
        <translation>请在“设置”中填写完整的 https 地址。</translation>
    </message>
    <message>
        <source>Enter a name.</source>
        <translation>请填写名称。</translation>
    </message>
    <message>
        <source>Enter a number, optionally with mm or pt.</source>
        <translation>请填写数字，可带单位 mm 或 pt。</translation>
    </message>
    <message>
        <source>Enter a page number.</source>
        <translation>请填写页码。</translation>
    </message>
    <message>
        <source>Enter digits only.</source>
        <translation>请只输入数字。</translation>
    </message>
    <message>
        <source>Enter every customer named in the contract.</source>
        <translation>请填写其中的每一位客户。</translation>
    </message>
    <message>
        <source>Enter headings in the first row, save the file, and choose it again.</source>
        <translation>请在首行填写列标题，保存后重新选择。</translation>
    </message>
    <message>
        <source>Enter page numbers like this: 1-3,5.</source>
        <translation>页码请写成 1-3,5 这样的形式。</translation>
    </message>
    <message>
        <source>Enter the PIN again. If no one remembers the PIN, remove it with: esign-desktop --remove-counter-pin</source>
        <translation>请重新输入。无人记得时，可运行 esign-desktop --remove-counter-pin 移除。</translation>
    </message>
    <message>
        <source>Enter the address in Settings. You can also start the rehearsal there.</source>
        <translation>请在“设置”中填写地址；也可在那里启动演练。</translation>
    </message>
    <message>
        <source>Enter the amount in digits, such as 50,000 or 1234.50.</source>
        <translation>请输入数字，如 50,000 或 1234.50。</translation>
    </message>
    <message>
        <source>Enter the backup passphrase.</source>
        <translation>请输入备份口令。</translation>
    </message>
    <message>
        <source>Enter the date as 2026-03-09 or 20260309.</source>
        <translation>请按 2026-03-09 或 20260309 的格式输入。</translation>
    </message>
    <message>
        <source>Enter the keyword, or remove the seal.</source>
        <translation>请填写关键字，或删除该印章。</translation>
    </message>
    <message>
        <source>Enter the name as shown in Settings, or omit --sealed-by.</source>
        <translation>请按“设置”中显示的名称填写，或不使用 --sealed-by。</translation>
    </message>
    <message>
        <source>Enter the next customer. Each customer signs separately.</source>
        <translation>请录入下一位；每人各自签署。</translation>
    </message>
    <message>
        <source>Enter the number in digits.</source>
        <translation>请输入数字。</translation>
    </message>
    <message>
        <source>Enter the option&apos;s number.</source>
        <translation>请输入选项序号。</translation>
    </message>
    <message>
        <source>Enter the password. The platform receives the original file and may reject it.</source>
        <translation>请输入密码。平台收到的是原文件，可能会拒收。</translation>
    </message>
    <message>
        <source>Enter the project ID and secret in Settings, as shown in the platform&apos;s console.</source>
        <translation>请按平台控制台所示，在“设置”中填写项目 ID 和密钥。</translation>
    </message>
    <message>
        <source>Enter the secret in Settings. It&apos;s stored in the keyring, never in a file.</source>
        <translation>请在“设置”中输入密钥；密钥只保存在系统密钥环中，不写入文件。</translation>
    </message>
    <message>
        <source>Enter the value, then press Enter.</source>
        <translation>请输入内容后按 Enter。</translation>
    </message>
    <message>
        <source>Enter this data again in both contacts, then merge the contacts. Nothing was changed.</source>
        <translation>请在两个联系人中重新填写，然后再合并。未作任何更改。</translation>
    </message>
    <message>
        <source>Even if the template was created, it isn&apos;t used and no customer sees it. Press again to create the template again.</source>
        <translation>即使模板已制成，也不会被使用，客户也看不到。再按一次即可重新制作。</translation>
    </message>
    <message>
        <source>Fill in one row per contact, save the file, and choose it again.</source>
        <translation>请每行填写一个联系人，保存后重新选择。</translation>
    </message>
    <message>
        <source>Fill in one row per contract, save the sheet, and choose it again.</source>
        <translation>请每份合同填一行，保存后重新选择。</translation>
    </message>
    <message>
        <source>Fill in the fields again. Everything else is unchanged.</source>
        <translation>请重新填写表单，其他内容没有变化。</translation>
    </message>
    <message>
        <source>Fill in these fields, or make them optional in the preset&apos;s form fields.</source>
        <translation>请填写；确可留空的，请在常用合同的“填写项”中取消“必填”。</translation>
    </message>
    <message>
        <source>Find the correction in Track. You can correct it again there.</source>
        <translation>请在“跟踪”中查找；更正后的合同也可再次更正。</translation>
    </message>
    <message>
        <source>Find the template&apos;s ID in the list.</source>
        <translation>请在列表中按模板 ID 查找。</translation>
    </message>
    <message>
        <source>Find where the sheet was moved, and choose it again.</source>
        <translation>请找到它被移到的位置，再重新选择。</translation>
    </message>
    <message>
        <source>First choose a preset and enter the customer.</source>
        <translation>请先选择常用合同并录入客户。</translation>
    </message>
    <message>
        <source>First send a contract with this contact as a signer. This also creates the contact&apos;s account.</source>
        <translation>请先将其作为签署方发起一份合同，平台会随之创建账号。</translation>
    </message>
    <message>
        <source>For a different name, ID type or ID number, add a new contact.</source>
        <translation>姓名、证件类型或号码不同的，请另建联系人。</translation>
    </message>
    <message>
        <source>Free some disk space. The open contract is kept in memory and will be saved when there is space.</source>
        <translation>请释放一些空间；当前内容保留在内存中，届时会自动保存。</translation>
    </message>
    <message>
        <source>Free some space there. The existing backup is complete, and the missing items are added automatically.</source>
        <translation>请在该处腾出空间；已有备份是完整的，其余部分会自动补上。</translation>
    </message>
    <message>
        <source>If this happens again, print the document to a new PDF.</source>
        <translation>若再次出现，请将文件重新打印为 PDF。</translation>
    </message>
    <message>
        <source>In Presets, choose a blank form instead, or confirm that the name belongs there.</source>
        <translation>请在“常用合同”中换用空白文件，或确认该姓名本应写在此处。</translation>
    </message>
    <message>
        <source>In Settings, check the address (including the path after the host) and the proxy. Trying again won&apos;t help.</source>
        <translation>请在“设置”中核对地址（包括域名后的路径）和代理；重试无法解决。</translation>
    </message>
    <message>
        <source>In WPS or Word, choose File &gt; Save As or Export with file type PDF, then add that PDF. With LibreOffice Writer on this computer, this program can convert the document itself.</source>
        <translation>请在 WPS 或 Word 中选择“文件”&gt;“另存为”或“导出”，类型选 PDF，再添加该 PDF。电脑上装有 LibreOffice Writer 时，本程序可直接转换。</translation>
    </message>
    <message>
        <source>In WPS, Word or Excel, choose File &gt; Save As or Export with file type PDF, then add that PDF.</source>
        <translation>请在 WPS、Word 或 Excel 中选择“文件”→“另存为”或“导出”，文件类型选 PDF，然后添加该 PDF。</translation>
    </message>
    <message>
        <source>In the meantime, all signers have signed the contract you wanted to correct.</source>
        <translation>要更正的原合同已在此期间全部签署。</translation>
    </message>
    <message>
        <source>In the program that the file was created with, save it without protection.</source>
        <translation>请在制作该文件的程序中取消保护后另存。</translation>
    </message>
    <message>
        <source>In the rehearsal, a form doesn&apos;t contain the values that you entered.</source>
        <translation>演练中，模板内容与所填不一致。</translation>
    </message>
    <message>
        <source>In the rehearsal, some signers couldn&apos;t sign.</source>
        <translation>演练中有签署方未能签署。</translation>
    </message>
    <message>
        <source>In the rehearsal, the pages of the sealed document differ from the pages of your file.</source>
        <translation>演练中，盖章后的文件与原文件的页面不一致。</translation>
    </message>
    <message>
        <source>Install the latest version.</source>
        <translation>请安装最新版本。</translation>
    </message>
    <message>
        <source>Invalid template ID.</source>
        <translation>模板 ID 格式不正确。</translation>
    </message>
    <message>
        <source>It&apos;s too late to cancel: the signers can already see the contract.</source>
        <translation>已来不及取消：签署方已能看到合同。</translation>
    </message>
    <message>
        <source>It&apos;s unclear whether the calibration sheet reached the platform.</source>
        <translation>无法确定校准文件是否已到达平台。</translation>
    </message>
    <message>
        <source>It&apos;s unclear whether the contract was revoked.</source>
        <translation>合同是否已撤回尚不确定。</translation>
    </message>
    <message>
        <source>It&apos;s unclear whether this template was created: an earlier answer was lost.</source>
        <translation>无法确定该模板是否已制成：没有收到平台的响应。</translation>
    </message>
    <message>
        <source>Keeping the database on a network share isn&apos;t safe: two computers could write at the same time, and saved work would be lost. Start the program with --data-dir and a folder on this computer. A network share is suitable for the backup folder, which you choose in Settings.</source>
        <translation>数据库放在网络共享上不安全：两台电脑可能同时写入，已保存的内容会丢失。请用 --data-dir 指定本机上的文件夹来启动程序。网络共享可用作在“设置”中选择的备份文件夹。</translation>
    </message>
    <message>
        <source>LibreOffice couldn&apos;t convert this document.</source>
        <translation>LibreOffice 无法转换此文件。</translation>
    </message>
    <message>
        <source>Merge fewer contracts at a time.</source>
        <translation>请分几次合并，每次少选几份合同。</translation>
    </message>
    <message>
        <source>More than {max} cells of the sheet contain text. Nothing was read.</source>
        <translation>表格中有内容的单元格超过 {max} 个，未读取任何内容。</translation>
    </message>
    <message>
        <source>No computer with this name has a backup in this folder.</source>
        <translation>此文件夹中没有该名称的电脑的备份。</translation>
    </message>
    <message>
        <source>No one has seen the document. Check it in Track, then continue or cancel there.</source>
        <translation>还没有人看到该文件。请在“跟踪”中查看，再决定继续或取消。</translation>
    </message>
    <message>
        <source>No rows of this sheet are left to send.</source>
        <translation>该表格中没有待发起的行。</translation>
    </message>
    <message>
        <source>No signing platform responds at this address (HTTP {status}).</source>
        <translation>该地址没有签署平台的响应（HTTP {status}）。</translation>
    </message>
    <message>
        <source>Note your changes, then open the preset again and repeat them.</source>
        <translation>请记下所作修改，重新打开该常用合同后再次修改。</translation>
    </message>
    <message>
        <source>Nothing to download: no document has been sealed yet.</source>
        <translation>没有可下载的内容：还没有文件盖章。</translation>
    </message>
    <message>
        <source>Nothing was changed. If there&apos;s another copy of the folder, try that copy.</source>
        <translation>未作任何更改。若该文件夹另有副本，请试用副本。</translation>
    </message>
    <message>
        <source>Nothing was changed. Install the latest version, then try again.</source>
        <translation>未作任何更改。请安装最新版本后重试。</translation>
    </message>
    <message>
        <source>Nothing was changed. Without the correct passphrase, no one can read the backup. Try again.</source>
        <translation>未作任何更改。没有正确的口令，任何人都无法读取；请再试一次。</translation>
    </message>
    <message>
        <source>Nothing was created. Have the platform notify the signers, or send the contract immediately.</source>
        <translation>未在平台创建任何合同。请改由平台通知签署方，或直接发起合同。</translation>
    </message>
    <message>
        <source>Nothing was pasted. First shorten the text in the cell.</source>
        <translation>未粘贴。请先缩短该单元格。</translation>
    </message>
    <message>
        <source>Nothing was pasted. Paste a smaller part, or create several tables.</source>
        <translation>未粘贴。请粘贴较小的部分，或分成多个附表。</translation>
    </message>
    <message>
        <source>Nothing was revoked or sent. Check the signed contract before you continue.</source>
        <translation>未撤回任何合同，也未发起。请先查看已签署的原合同。</translation>
    </message>
    <message>
        <source>Nothing was revoked or sent. Fill in the form in Prepare, below the document.</source>
        <translation>未撤回也未发起任何合同。请在“准备”中文件下方填写表单。</translation>
    </message>
    <message>
        <source>Nothing was revoked or sent. Revoke that contract in Track, and start a new one from the preset.</source>
        <translation>未撤回也未发起任何合同。请在“跟踪”中撤回该合同，再从常用合同新建合同。</translation>
    </message>
    <message>
        <source>Nothing was sent because fields of the form are still empty: {fields}.</source>
        <translation>未发起：表单中还有未填的填写项：{fields}。</translation>
    </message>
    <message>
        <source>Nothing was sent, because the wrong person would be asked to sign. Check the name and your reference, or enter the ID number.</source>
        <translation>未发起任何合同，否则会请错人签署。请核对姓名和内部编号，或填写证件号码。</translation>
    </message>
    <message>
        <source>Nothing was sent. Check the name and ID number. If both are correct, send again to create an account with this name.</source>
        <translation>未发起任何合同。请核对姓名和号码；若均无误，请再次发起，程序将按此姓名创建账号。</translation>
    </message>
    <message>
        <source>Nothing was sent. Edit the signer and enter the ID number. The signer&apos;s account will then be found or created.</source>
        <translation>未发起任何合同。请修改该签署方并填写证件号码，程序将据此查找或创建账号。</translation>
    </message>
    <message>
        <source>Nothing was sent. Enter the ID number again to create an account with the new mobile number. Or leave the mobile number and email address empty to contact the signer as before.</source>
        <translation>未发起任何合同。请再次填写证件号码，以便按新手机号创建账号；或将手机号和邮箱留空，仍按原方式联系。</translation>
    </message>
    <message>
        <source>Nothing was sent. Enter the organization&apos;s registration number again to create an account with this representative.</source>
        <translation>未发起任何合同。请再次填写企业证照号码，以便为该经办人创建企业账号。</translation>
    </message>
    <message>
        <source>Nothing was sent. If your company inspects encrypted traffic, install its certificate authority in the operating system. Otherwise, someone may be intercepting the connection.</source>
        <translation>未发起任何合同。如果您的单位会检查加密流量，须先将其证书颁发机构安装到操作系统；否则可能有人在窃听。</translation>
    </message>
    <message>
        <source>Nothing was sent. Leave this signer&apos;s mobile number and email address empty to use the contact details that the platform has. Or correct the problem that the platform reports, and try again.</source>
        <translation>未发起任何合同。可将该签署方的手机号和邮箱留空，按平台已有的方式联系；或按平台提示改正后重试。</translation>
    </message>
    <message>
        <source>Nothing was sent. Send again to use the old contact details, which are shown next to the signer. Or give the signer the link yourself.</source>
        <translation>未发起任何合同。再次发起即沿用原联系方式（显示在签署方旁）；也可以自行将链接交给对方。</translation>
    </message>
    <message>
        <source>Nothing was sent: a keyword seal has no keyword.</source>
        <translation>未发起：有一枚关键字印章没有填写关键字。</translation>
    </message>
    <message>
        <source>Nothing was sent: a seal belongs to a document or signer that no longer exists.</source>
        <translation>未发起：有一枚印章所属的文件或签署方已不存在。</translation>
    </message>
    <message>
        <source>Nothing was sent: contracts in this environment are legally binding.</source>
        <translation>未发起：该环境中的合同具有法律效力。</translation>
    </message>
    <message>
        <source>Nothing was sent: no organization with this name is known in this environment.</source>
        <translation>未发起：该环境中没有此名称的已知企业。</translation>
    </message>
    <message>
        <source>Nothing was sent: one of the documents has no signer.</source>
        <translation>未发起：有一份文件无人签署。</translation>
    </message>
    <message>
        <source>Nothing was sent: signer {number} has no document to sign.</source>
        <translation>未发起：签署方 {number} 不签署任何文件。</translation>
    </message>
    <message>
        <source>Nothing was sent: signer {number} signs automatically but has no seal position.</source>
        <translation>未发起：签署方 {number} 自动签署，但没有印章位置。</translation>
    </message>
    <message>
        <source>Nothing was sent: the document doesn&apos;t contain “{keyword}”.</source>
        <translation>未发起：文件中没有“{keyword}”。</translation>
    </message>
    <message>
        <source>Nothing was sent: the pages of “{block}” are missing or have changed on this computer.</source>
        <translation>未发送任何内容：附加页“{block}”在本机已丢失或被改动。</translation>
    </message>
    <message>
        <source>Nothing was sent: the value of “{field}” is invalid.</source>
        <translation>未发起：“{field}”的内容有误。</translation>
    </message>
    <message>
        <source>Nothing was sent: {count} pages would follow the form; the limit is {most}.</source>
        <translation>未发起：表单后将有 {count} 页附加页，最多 {most} 页。</translation>
    </message>
    <message>
        <source>One computer may be a clone of the other. This computer now has its own backup. Send contracts from only one of the two computers.</source>
        <translation>其中一台可能是另一台的克隆。本机现已另建自己的备份；请只用其中一台发起合同。</translation>
    </message>
    <message>
        <source>One line of the ledger can&apos;t be read.</source>
        <translation>台账中有一行无法读取。</translation>
    </message>
    <message>
        <source>One of the documents is an empty file.</source>
        <translation>有一份文件是空的。</translation>
    </message>
    <message>
        <source>One of the target rows was already sent. Nothing was pasted.</source>
        <translation>要粘贴到的行中有已发起的。未粘贴任何内容。</translation>
    </message>
    <message>
        <source>Open the document again.</source>
        <translation>请重新打开。</translation>
    </message>
    <message>
        <source>Open the file again and check the seal positions.</source>
        <translation>请重新打开，并核对印章位置。</translation>
    </message>
    <message>
        <source>Open the matching documents in the preset&apos;s order.</source>
        <translation>请按其顺序打开对应的文件。</translation>
    </message>
    <message>
        <source>Open the new version and check the seal positions.</source>
        <translation>请打开新版本，并核对印章位置。</translation>
    </message>
    <message>
        <source>Open the preset in Presets and place the seal.</source>
        <translation>请在“常用合同”中打开它，补上印章位置。</translation>
    </message>
    <message>
        <source>Open the preset in Presets, check its seals and save it.</source>
        <translation>请在“常用合同”中打开它，核对印章后保存。</translation>
    </message>
    <message>
        <source>Open the sheet in the program that it was created with, and save it again.</source>
        <translation>请在表格软件中打开，重新保存。</translation>
    </message>
    <message>
        <source>Open the sheet in the program that it was created with, and save it as .xlsx.</source>
        <translation>请在表格软件中打开，另存为 .xlsx。</translation>
    </message>
    <message>
        <source>Open the sheet in the program that it was created with, and save it without the password.</source>
        <translation>请在表格软件中打开，去掉密码后另存。</translation>
    </message>
    <message>
        <source>Our seal can&apos;t be the customer in a preset.</source>
        <translation>我方印章不能作为常用合同中的客户。</translation>
    </message>
    <message>
        <source>Page numbers start at 1.</source>
        <translation>页码从 1 开始。</translation>
    </message>
    <message>
        <source>Place a seal for this signer, or let the signer place it.</source>
        <translation>请为其放置印章，或由其自行放置。</translation>
    </message>
    <message>
        <source>Place a seal on the document, or remove the document.</source>
        <translation>请为其指定印章位置，或移除该文件。</translation>
    </message>
    <message>
        <source>Place the seals on the original file.</source>
        <translation>请直接在原文件上放置印章。</translation>
    </message>
    <message>
        <source>Plug in the USB drive or connect the network share. Nothing is lost: missing items will be backed up then.</source>
        <translation>请插入 U 盘或连接共享文件夹。期间不会丢失任何内容：缺少的部分届时会补上。</translation>
    </message>
    <message>
        <source>Port {port} is already in use, so notifications can&apos;t be received.</source>
        <translation>端口 {port} 已被占用：无法接收通知。</translation>
    </message>
    <message>
        <source>Prepare a new contract that changes or terminates this one.</source>
        <translation>请另行准备一份变更或终止的合同。</translation>
    </message>
    <message>
        <source>Prepare the contract again from its files.</source>
        <translation>请用原文件重新准备合同。</translation>
    </message>
    <message>
        <source>Press Esc twice, then choose the contract and enter the customer again.</source>
        <translation>请连按两次 Esc，再选择合同并重新输入客户信息。</translation>
    </message>
    <message>
        <source>Print the document to a new PDF at a lower resolution.</source>
        <translation>请降低分辨率后重新打印为 PDF。</translation>
    </message>
    <message>
        <source>Print the document to a new PDF, and draw the fields there.</source>
        <translation>请将文件重新打印为 PDF，再绘制填写项。</translation>
    </message>
    <message>
        <source>Print the document to a new PDF, and place the seals there.</source>
        <translation>请将文件重新打印为 PDF，再放置印章。</translation>
    </message>
    <message>
        <source>Print the document to a new PDF. Drawings with very many lines are a common cause.</source>
        <translation>请将其重新打印为 PDF；线条极多的图纸常会造成这种情况。</translation>
    </message>
    <message>
        <source>Print the file to a new PDF, and use the new PDF.</source>
        <translation>请将该文件打印为新的 PDF，再使用新文件。</translation>
    </message>
    <message>
        <source>Print the form to a new PDF in Adobe Acrobat, and add that PDF.</source>
        <translation>请在 Adobe Acrobat 中将此表单打印为新的 PDF，再添加该文件。</translation>
    </message>
    <message>
        <source>Read the document yourself before you continue.</source>
        <translation>继续之前，请自行通读该文件。</translation>
    </message>
    <message>
        <source>Reading this sheet took too long and was stopped.</source>
        <translation>读取该表格耗时过长，已停止。</translation>
    </message>
    <message>
        <source>Reading this sheet took too much memory and was stopped.</source>
        <translation>读取该表格占用内存过多，已停止。</translation>
    </message>
    <message>
        <source>Reconnect the shared folder. Presets on this computer aren&apos;t affected.</source>
        <translation>请重新连接该共享文件夹。本机上的常用合同保持不变。</translation>
    </message>
    <message>
        <source>Reduce the file&apos;s size in the program that it was created with.</source>
        <translation>请在生成该文件的程序中缩小后重试。</translation>
    </message>
    <message>
        <source>Refresh in a moment. If the contract isn&apos;t revoked, revoke it again.</source>
        <translation>请稍后刷新；如仍未撤回，请再次撤回。</translation>
    </message>
    <message>
        <source>Remove images and other worksheets, or save the sheet as CSV.</source>
        <translation>请删去图片和其他工作表，或另存为 CSV。</translation>
    </message>
    <message>
        <source>Remove the seal, then send again.</source>
        <translation>请删除该印章后重新发起。</translation>
    </message>
    <message>
        <source>Remove the template from the list, then add it again by its ID.</source>
        <translation>请将其从列表移除，再按模板 ID 重新添加。</translation>
    </message>
    <message>
        <source>Remove these pages from the end of the document, and add the file again.</source>
        <translation>请在文件末尾移除这些附加页，再重新添加该文件。</translation>
    </message>
    <message>
        <source>Restart the program. The reason is in the log.</source>
        <translation>请重新启动程序；原因见日志。</translation>
    </message>
    <message>
        <source>Revoke the contract in Track.</source>
        <translation>请在“跟踪”中撤回。</translation>
    </message>
    <message>
        <source>Revoke these contracts in Track, or wait until they are signed. Then delete the person&apos;s data.</source>
        <translation>请先在“跟踪”中撤回，或等待签署完成，然后再清除此人信息。</translation>
    </message>
    <message>
        <source>Run the command in a terminal, or specify a file that contains the passphrase.</source>
        <translation>请在终端中运行此命令，或指定存放口令的文件。</translation>
    </message>
    <message>
        <source>SQLite {found} on this computer can&apos;t be used with the database.</source>
        <translation>本机的 SQLite {found} 无法使用该数据库。</translation>
    </message>
    <message>
        <source>SQLite {found} on this computer is too old. Version {needed} or later is required.</source>
        <translation>本机的 SQLite {found} 版本过低，至少需要 {needed}。</translation>
    </message>
    <message>
        <source>Save it as PDF in its original program, or without the password.</source>
        <translation>请在原程序中另存为 PDF，或取消密码后重新保存。</translation>
    </message>
    <message>
        <source>Save or print the document as PDF in its original program.</source>
        <translation>请在原来的程序中将文件另存或打印为 PDF。</translation>
    </message>
    <message>
        <source>Save the document again in its original program, then add the new file.</source>
        <translation>请在原来的程序中重新保存，再重新添加。</translation>
    </message>
    <message>
        <source>Save the document as PDF again.</source>
        <translation>请重新将文件保存为 PDF。</translation>
    </message>
    <message>
        <source>Save the document as PDF in its original program.</source>
        <translation>请在原程序中另存为 PDF。</translation>
    </message>
    <message>
        <source>Save the file as PDF in its original program.</source>
        <translation>请在原程序中另存为 PDF。</translation>
    </message>
    <message>
        <source>Save the image as JPG or PNG, then add the new file.</source>
        <translation>请另存为 JPG 或 PNG 后再添加。</translation>
    </message>
    <message>
        <source>Save the preset without its file, and open the file each time.</source>
        <translation>请保存不带文件的常用合同，每次使用时再打开文件。</translation>
    </message>
    <message>
        <source>Scan the page at 300 dpi, or save the image at a smaller size.</source>
        <translation>请按 300 dpi 扫描，或缩小后保存。</translation>
    </message>
    <message>
        <source>Search for the last digits of the ID number.</source>
        <translation>可按证件尾号查找。</translation>
    </message>
    <message>
        <source>See the list of fields for details.</source>
        <translation>具体原因见填写项列表。</translation>
    </message>
    <message>
        <source>Send the correction from Prepare.</source>
        <translation>请从“准备”中发起更正后的合同。</translation>
    </message>
    <message>
        <source>Sending was interrupted. Nothing is lost.</source>
        <translation>发起已中断，内容没有丢失。</translation>
    </message>
    <message>
        <source>Set the seal&apos;s position, then send again.</source>
        <translation>请指定印章位置后重新发起。</translation>
    </message>
    <message>
        <source>Set this computer&apos;s date and time, then try again. Nothing was sent.</source>
        <translation>请校准本机的日期和时间后重试。未发起任何合同。</translation>
    </message>
    <message>
        <source>Several words in a row are easy to remember and hard to guess.</source>
        <translation>连用几个词，既好记又难猜。</translation>
    </message>
    <message>
        <source>Shorten the tables, or remove pages of PDFs, then send again.</source>
        <translation>请缩短附表或移除 PDF 附加页后重新发起。</translation>
    </message>
    <message>
        <source>Shorten the text in the cell. In a CSV file, look for an unclosed quotation mark.</source>
        <translation>请缩短该单元格；如是 CSV 文件，请检查是否有未闭合的引号。</translation>
    </message>
    <message>
        <source>Shorten your text.</source>
        <translation>请缩短内容。</translation>
    </message>
    <message>
        <source>Show only the rows to correct, then paste.</source>
        <translation>请只显示待改正的行，再粘贴。</translation>
    </message>
    <message>
        <source>Signers may already see this contract, so it can&apos;t be sent again.</source>
        <translation>签署方可能已能看到此合同，因此不能重新发起。</translation>
    </message>
    <message>
        <source>Signers may already see this contract.</source>
        <translation>签署方可能已经看到这份合同。</translation>
    </message>
    <message>
        <source>Specify one of these computers: {names}.</source>
        <translation>请指明要哪一台的：{names}。</translation>
    </message>
    <message>
        <source>Specify the folder chosen in Settings on the other computer.</source>
        <translation>请指定在另一台电脑的“设置”中选择的文件夹。</translation>
    </message>
    <message>
        <source>Split the file into several files. Contacts already imported will be recognized.</source>
        <translation>请拆分为多个文件；已导入的联系人会被识别。</translation>
    </message>
    <message>
        <source>Split the sheet into several sheets. Rows already sent will be recognized and not sent again.</source>
        <translation>请分成几个表格；已发起的行会被认出，不会重发。</translation>
    </message>
    <message>
        <source>Start a new contract with the same file.</source>
        <translation>请用同一文件新建合同。</translation>
    </message>
    <message>
        <source>Start the program as usual.</source>
        <translation>请照常启动程序。</translation>
    </message>
    <message>
        <source>Take the photo or scan the page again, or save the image again as JPG or PNG.</source>
        <translation>请重新拍摄或扫描，或另存为 JPG、PNG。</translation>
    </message>
    <message>
        <source>Tell your network administrator. If the platform&apos;s files are stored in your own network, allow that in Settings.</source>
        <translation>请告知网络管理员。如果该平台的文件确实存放在本单位内网，请在“设置”中允许。</translation>
    </message>
    <message>
        <source>Text recognition for scanned pages isn&apos;t installed on this computer.</source>
        <translation>本机未安装扫描页文字识别组件。</translation>
    </message>
    <message>
        <source>That backup was left unchanged, and this computer now has its own backup. To see the contents of the other backup, restore it.</source>
        <translation>该备份保持原样，本机已另建自己的备份。要查看该备份的内容，请恢复该备份。</translation>
    </message>
    <message>
        <source>The ID number of signer {number} is saved on this computer under another name.</source>
        <translation>签署方 {number} 的证件号码在本机登记的是另一个姓名。</translation>
    </message>
    <message>
        <source>The PDF is larger than 100 MB and can&apos;t be saved as a template.</source>
        <translation>该 PDF 超过 100 MB，不能保存为模板。</translation>
    </message>
    <message>
        <source>The PIN must have {least} to {most} digits.</source>
        <translation>PIN 码为 {least} 至 {most} 位数字。</translation>
    </message>
    <message>
        <source>The account of signer {number} isn&apos;t known in this environment.</source>
        <translation>当前环境中没有签署方 {number} 的账号。</translation>
    </message>
    <message>
        <source>The account of signer {number} uses a different mobile number or email address.</source>
        <translation>签署方 {number} 的账号使用的是另一个手机号或邮箱。</translation>
    </message>
    <message>
        <source>The account or reference of signer {number} is saved on this computer under another name.</source>
        <translation>签署方 {number} 的账号或内部编号在本机登记的是另一个姓名。</translation>
    </message>
    <message>
        <source>The backup folder can&apos;t be found.</source>
        <translation>找不到备份文件夹。</translation>
    </message>
    <message>
        <source>The backup folder is full.</source>
        <translation>备份文件夹已满。</translation>
    </message>
    <message>
        <source>The backup folder isn&apos;t responding.</source>
        <translation>备份文件夹没有响应。</translation>
    </message>
    <message>
        <source>The backup from before the upgrade is in use. The newer data was kept in a separate place.</source>
        <translation>正在使用升级前的备份；较新的数据已单独保留。</translation>
    </message>
    <message>
        <source>The backup in the folder contains contracts unknown to this computer.</source>
        <translation>文件夹中的备份含有本机没有的合同。</translation>
    </message>
    <message>
        <source>The backup in this folder can&apos;t be read.</source>
        <translation>无法从此文件夹读取备份。</translation>
    </message>
    <message>
        <source>The backup is damaged: none of its copies can be read.</source>
        <translation>备份已损坏：没有一份可以读取。</translation>
    </message>
    <message>
        <source>The backup was written by a newer version of this program.</source>
        <translation>备份由本程序的较新版本写入。</translation>
    </message>
    <message>
        <source>The chosen environment has no address.</source>
        <translation>所选环境没有地址。</translation>
    </message>
    <message>
        <source>The chosen environment has no project ID.</source>
        <translation>所选环境没有项目 ID。</translation>
    </message>
    <message>
        <source>The connection is not secure: the platform&apos;s certificate can&apos;t be trusted.</source>
        <translation>连接不安全：平台的证书不可信。</translation>
    </message>
    <message>
        <source>The connection was lost before the platform answered.</source>
        <translation>平台响应之前连接已中断。</translation>
    </message>
    <message>
        <source>The contact needs a name.</source>
        <translation>联系人必须有姓名或名称。</translation>
    </message>
    <message>
        <source>The contact was merged or deleted. See the list for current contacts.</source>
        <translation>该联系人已被合并或清除，列表显示当前联系人。</translation>
    </message>
    <message>
        <source>The content of this contract isn&apos;t on this computer.</source>
        <translation>本机没有此合同的内容。</translation>
    </message>
    <message>
        <source>The contract being corrected can&apos;t be ended from here.</source>
        <translation>无法从此处终止被更正的原合同。</translation>
    </message>
    <message>
        <source>The contract is on the platform, but signing hasn&apos;t started yet.</source>
        <translation>合同已在平台，但签署尚未开始。</translation>
    </message>
    <message>
        <source>The contract still exists on the platform. Contact the platform&apos;s support, and give the flow number.</source>
        <translation>合同在平台上仍然存在；请凭流程编号咨询平台客服。</translation>
    </message>
    <message>
        <source>The conversion took longer than a minute and was stopped.</source>
        <translation>转换超过一分钟，已停止。</translation>
    </message>
    <message>
        <source>The copied content can&apos;t be read as rows. Nothing was pasted.</source>
        <translation>复制的内容无法按行读取。未粘贴任何内容。</translation>
    </message>
    <message>
        <source>The copied content doesn&apos;t fit here (rows left: {rows}, columns left: {columns}). Nothing was pasted.</source>
        <translation>复制的内容放不下：此处只剩 {rows} 行、{columns} 列。未粘贴任何内容。</translation>
    </message>
    <message>
        <source>The copy couldn&apos;t be written.</source>
        <translation>无法写入副本。</translation>
    </message>
    <message>
        <source>The counter is busy.</source>
        <translation>柜台正在处理中。</translation>
    </message>
    <message>
        <source>The counter isn&apos;t ready yet.</source>
        <translation>柜台尚未就绪。</translation>
    </message>
    <message>
        <source>The current PIN is incorrect.</source>
        <translation>当前 PIN 码不正确。</translation>
    </message>
    <message>
        <source>The current environment or project has changed.</source>
        <translation>当前的环境或项目已经改变。</translation>
    </message>
    <message>
        <source>The data entered was lost when the program stopped.</source>
        <translation>程序中断后，已输入的信息没有保留。</translation>
    </message>
    <message>
        <source>The data folder is on another computer&apos;s disk ({kind}). Nothing was created there.</source>
        <translation>数据文件夹位于其他电脑的磁盘上（{kind}）；未在那里创建任何内容。</translation>
    </message>
    <message>
        <source>The data was written by a newer version of this program. It was not changed.</source>
        <translation>数据由本程序的较新版本写入，未作任何改动。</translation>
    </message>
    <message>
        <source>The data wasn&apos;t written by a newer version of this program. Nothing was changed.</source>
        <translation>数据并非由本程序的较新版本写入；未作任何更改。</translation>
    </message>
    <message>
        <source>The database is damaged, and no usable backup was found.</source>
        <translation>数据库已损坏，且没有可用的备份。</translation>
    </message>
    <message>
        <source>The database is in use by another program.</source>
        <translation>数据库正被其他程序占用。</translation>
    </message>
    <message>
        <source>The database was damaged. The last backup is in use instead.</source>
        <translation>数据库已损坏，已改用最近一次备份。</translation>
    </message>
    <message>
        <source>The digital signatures in this file can&apos;t be read.</source>
        <translation>无法读取此文件的数字签名。</translation>
    </message>
    <message>
        <source>The disk is full; saving failed.</source>
        <translation>磁盘已满，未能保存。</translation>
    </message>
    <message>
        <source>The document created by the platform doesn&apos;t match the values entered.</source>
        <translation>平台生成的文件与填写的内容不一致。</translation>
    </message>
    <message>
        <source>The document has only {page_count} pages.</source>
        <translation>文件共 {page_count} 页。</translation>
    </message>
    <message>
        <source>The document is no longer open.</source>
        <translation>文件已经关闭。</translation>
    </message>
    <message>
        <source>The document may be damaged, protected by a password, or of another type. Save it as PDF in its original program.</source>
        <translation>文件可能已损坏、设有密码或不是这种类型。请在原程序中另存为 PDF。</translation>
    </message>
    <message>
        <source>The download permission has expired.</source>
        <translation>下载授权已过期。</translation>
    </message>
    <message>
        <source>The draft was sent or deleted. You&apos;ll find sent contracts in Track.</source>
        <translation>草稿已发起或被删除。已发起的合同在“跟踪”中。</translation>
    </message>
    <message>
        <source>The environment changed after this sheet was checked. Nothing was sent.</source>
        <translation>核对该表格之后环境已被更改；未发起任何合同。</translation>
    </message>
    <message>
        <source>The field “{name}” on page {page_number} isn&apos;t valid and can&apos;t be written.</source>
        <translation>第 {page_number} 页的填写项“{name}”不符合要求，未写入。</translation>
    </message>
    <message>
        <source>The fields couldn&apos;t be written to this PDF.</source>
        <translation>未能将填写项写入该 PDF。</translation>
    </message>
    <message>
        <source>The fields of a template are being edited.</source>
        <translation>正在编辑模板的填写项。</translation>
    </message>
    <message>
        <source>The file can&apos;t be measured. Calibrate again to cancel this calibration sheet, and enter the settings that you know manually.</source>
        <translation>无法据此测量。请再次校准以放弃这一份，并手动设置已知的内容。</translation>
    </message>
    <message>
        <source>The file can&apos;t be read.</source>
        <translation>无法读取此文件。</translation>
    </message>
    <message>
        <source>The file has changed since it was opened.</source>
        <translation>文件在打开之后已被修改。</translation>
    </message>
    <message>
        <source>The file has changed since it was opened. Nothing was sent.</source>
        <translation>文件在打开之后已被修改；尚未发起任何合同。</translation>
    </message>
    <message>
        <source>The file has no text form fields, so the platform can&apos;t fill in anything.</source>
        <translation>该文件没有文本填写项，平台没有内容可填。</translation>
    </message>
    <message>
        <source>The file has too many contacts. You can import at most {max} at a time.</source>
        <translation>文件中的联系人过多：一次最多导入 {max} 个。</translation>
    </message>
    <message>
        <source>The file is already digitally signed. Changing a copy would invalidate that signature.</source>
        <translation>文件已有数字签名：修改后的副本会使原签名失效。</translation>
    </message>
    <message>
        <source>The file is no longer in its folder.</source>
        <translation>文件已不在原处。</translation>
    </message>
    <message>
        <source>The file is too large to save with a preset.</source>
        <translation>文件过大，不能随常用合同保存。</translation>
    </message>
    <message>
        <source>The file may be damaged at this page. View the page in another program.</source>
        <translation>文件在此处可能已损坏，请用其他程序查看该页。</translation>
    </message>
    <message>
        <source>The file may be damaged. Download it again.</source>
        <translation>文件可能已损坏，请重新下载。</translation>
    </message>
    <message>
        <source>The file may have been moved or renamed, or a network drive may be disconnected.</source>
        <translation>文件可能被移动或改名，或者网络驱动器未连接。</translation>
    </message>
    <message>
        <source>The file may not have been copied completely. Get a new copy.</source>
        <translation>文件可能没有完整复制，请重新获取。</translation>
    </message>
    <message>
        <source>The file must be plain text with the passphrase on the first line.</source>
        <translation>该文件应为纯文本，口令写在第一行。</translation>
    </message>
    <message>
        <source>The file storage didn&apos;t return the file (HTTP {status} {storage_code}).</source>
        <translation>文件存储未返回此文件（HTTP {status} {storage_code}）。</translation>
    </message>
    <message>
        <source>The file storage rejected the file (HTTP {status} {storage_code}).</source>
        <translation>文件存储未接收此文件（HTTP {status} {storage_code}）。</translation>
    </message>
    <message>
        <source>The file was changed during the transfer and wasn&apos;t accepted.</source>
        <translation>文件到达时与发送时不一致，未被接收。</translation>
    </message>
    <message>
        <source>The files at the end of the form can have {most} MB together.</source>
        <translation>表单末尾附加的文件合计最多 {most} MB。</translation>
    </message>
    <message>
        <source>The folder can&apos;t be written to.</source>
        <translation>无法写入此文件夹。</translation>
    </message>
    <message>
        <source>The form in this file can&apos;t be read.</source>
        <translation>无法读取该文件的表单。</translation>
    </message>
    <message>
        <source>The form values are no longer stored on this computer.</source>
        <translation>本机已没有填写内容的记录。</translation>
    </message>
    <message>
        <source>The form values of the contract being corrected aren&apos;t known on this computer.</source>
        <translation>本机无法得知被更正合同的表单填写了什么。</translation>
    </message>
    <message>
        <source>The form&apos;s font has no “{characters}”; these characters would be blank when printed.</source>
        <translation>表单字体不含“{characters}”，打印后将为空白。</translation>
    </message>
    <message>
        <source>The image can&apos;t be read.</source>
        <translation>无法读取该图片。</translation>
    </message>
    <message>
        <source>The image is too large.</source>
        <translation>图片太大。</translation>
    </message>
    <message>
        <source>The keyring can&apos;t decrypt the ID numbers, mobile numbers and email addresses of these contacts.</source>
        <translation>本机的系统密钥环无法解密这两个联系人的证件号码、手机号和邮箱。</translation>
    </message>
    <message>
        <source>The keyring couldn&apos;t complete the operation.</source>
        <translation>系统密钥环未能完成操作。</translation>
    </message>
    <message>
        <source>The keyring is locked, so ID numbers, mobile numbers and email addresses can&apos;t be saved or read.</source>
        <translation>系统密钥环已锁定，无法保存或读取证件号码、手机号和邮箱。</translation>
    </message>
    <message>
        <source>The keyring is locked, so this contract&apos;s field values can&apos;t be read.</source>
        <translation>系统密钥环已锁定，无法读取此合同中填写的内容。</translation>
    </message>
    <message>
        <source>The keyring is locked.</source>
        <translation>系统密钥环已锁定。</translation>
    </message>
    <message>
        <source>The keyring is locked. Drafts and contacts that can&apos;t be searched: {count}. Nothing was changed.</source>
        <translation>系统密钥环已锁定，无法检查的草稿和联系人：{count} 个。未作任何更改。</translation>
    </message>
    <message>
        <source>The keyring isn&apos;t responding.</source>
        <translation>系统密钥环没有响应。</translation>
    </message>
    <message>
        <source>The keyring no longer has the key to this contract&apos;s field values.</source>
        <translation>系统密钥环中已没有此合同填写内容的密钥，无法读取。</translation>
    </message>
    <message>
        <source>The keyword appears too often to be used for seals.</source>
        <translation>关键字出现次数过多，不能用于放置印章。</translation>
    </message>
    <message>
        <source>The keyword “{keyword}” appears {count} times, so {count} seals would be placed.</source>
        <translation>关键字“{keyword}”出现 {count} 次，将盖 {count} 枚印章。</translation>
    </message>
    <message>
        <source>The network share may be disconnected. You can keep working; missing items are backed up when it responds.</source>
        <translation>共享文件夹可能已断开。您可以继续工作；恢复响应后会补上缺少的部分。</translation>
    </message>
    <message>
        <source>The new PIN is the same as the current one.</source>
        <translation>新 PIN 码与当前 PIN 码相同。</translation>
    </message>
    <message>
        <source>The occurrences of “{keyword}” in the preset&apos;s document haven&apos;t been checked yet.</source>
        <translation>尚未核对“{keyword}”在常用合同文件中出现的次数。</translation>
    </message>
    <message>
        <source>The operation failed ({code}).</source>
        <translation>操作未成功（{code}）。</translation>
    </message>
    <message>
        <source>The organization of signer {number} was previously represented by someone else.</source>
        <translation>签署方 {number} 所属企业此前由另一位经办人办理。</translation>
    </message>
    <message>
        <source>The other lines remain valid. Send the ledger in the data folder to support.</source>
        <translation>其余各行仍然有效；请将数据文件夹中的台账发给技术支持。</translation>
    </message>
    <message>
        <source>The page range is reversed.</source>
        <translation>页码范围前后颠倒。</translation>
    </message>
    <message>
        <source>The pages of the sealed file don&apos;t match the pages that were sent.</source>
        <translation>盖章后的文件与发送的页面不一致。</translation>
    </message>
    <message>
        <source>The pages of this form are created by Adobe Acrobat when it is opened.</source>
        <translation>此表单的页面由 Adobe Acrobat 在打开时生成。</translation>
    </message>
    <message>
        <source>The pages of this preset name a person as {label}, although this party is different each time.</source>
        <translation>此常用合同的文件中{label}已写有姓名，但这一方每次都不同。</translation>
    </message>
    <message>
        <source>The passphrase doesn&apos;t match this backup.</source>
        <translation>口令与此备份不符。</translation>
    </message>
    <message>
        <source>The passphrase file can&apos;t be read.</source>
        <translation>无法读取存放口令的文件。</translation>
    </message>
    <message>
        <source>The passphrase is too short. Use at least {least} characters.</source>
        <translation>口令太短：至少需要 {least} 个字符。</translation>
    </message>
    <message>
        <source>The passphrase isn&apos;t in this computer&apos;s keyring. To resume the backup, enter the passphrase in Settings.</source>
        <translation>本机的系统密钥环中没有口令。请在“设置”中输入，备份即会继续。</translation>
    </message>
    <message>
        <source>The password is incorrect.</source>
        <translation>密码不正确。</translation>
    </message>
    <message>
        <source>The platform didn&apos;t answer in time.</source>
        <translation>平台未在规定时间内响应。</translation>
    </message>
    <message>
        <source>The platform didn&apos;t seal the calibration sheet within {minutes} min.</source>
        <translation>平台在 {minutes} 分钟内未完成盖章。</translation>
    </message>
    <message>
        <source>The platform doesn&apos;t have this template, or it was deleted: {msg} ({err_code})</source>
        <translation>平台上没有该模板或已被删除：{msg}（{err_code}）</translation>
    </message>
    <message>
        <source>The platform ended the calibration without sealing the sheet.</source>
        <translation>平台未盖章即结束了校准文件。</translation>
    </message>
    <message>
        <source>The platform has an account with this name and ID number.</source>
        <translation>平台已有此姓名和证件号码的账号。</translation>
    </message>
    <message>
        <source>The platform is currently unavailable (HTTP {status}).</source>
        <translation>平台暂时无法提供服务（HTTP {status}）。</translation>
    </message>
    <message>
        <source>The platform keeps the old mobile number or email address of signer {number}.</source>
        <translation>平台仍保留签署方 {number} 原来的手机号或邮箱。</translation>
    </message>
    <message>
        <source>The platform refused the request, but its answer isn&apos;t signed ({err_code}).</source>
        <translation>平台拒绝了请求，但其响应未带签名（{err_code}）。</translation>
    </message>
    <message>
        <source>The platform refused to create an account with the new mobile number or email address of signer {number}: {msg} ({err_code})</source>
        <translation>平台拒绝按签署方 {number} 的新手机号或邮箱创建账号：{msg}（{err_code}）</translation>
    </message>
    <message>
        <source>The platform refused: {msg} ({err_code})</source>
        <translation>平台拒绝：{msg}（{err_code}）</translation>
    </message>
    <message>
        <source>The platform returned an address that is insecure or points to this computer or its network. The address wasn&apos;t opened.</source>
        <translation>平台给出的地址指向本机或内网，或不是安全连接，未予访问。</translation>
    </message>
    <message>
        <source>The platform&apos;s answer was lost. The template may or may not have been created.</source>
        <translation>没有收到平台的响应：模板可能已制成，也可能没有。</translation>
    </message>
    <message>
        <source>The preset belongs to another environment or project.</source>
        <translation>此常用合同属于其他环境或项目。</translation>
    </message>
    <message>
        <source>The preset is too large.</source>
        <translation>常用合同过大。</translation>
    </message>
    <message>
        <source>The preset on this computer was changed in the meantime. Nothing was imported.</source>
        <translation>本机的常用合同刚被修改。未导入任何内容。</translation>
    </message>
    <message>
        <source>The preset was changed after this sheet was checked. Nothing was sent.</source>
        <translation>核对该表格之后常用合同已被修改；未发起任何合同。</translation>
    </message>
    <message>
        <source>The preset was made for other documents.</source>
        <translation>此常用合同适用于其他文件。</translation>
    </message>
    <message>
        <source>The preset&apos;s document doesn&apos;t contain the keyword “{keyword}”.</source>
        <translation>常用合同的文件中没有关键字“{keyword}”。</translation>
    </message>
    <message>
        <source>The preset&apos;s file has changed.</source>
        <translation>此常用合同附带的文件已被修改。</translation>
    </message>
    <message>
        <source>The previous rehearsal is still being cleaned up.</source>
        <translation>上一次演练尚在清理。</translation>
    </message>
    <message>
        <source>The program is already running.</source>
        <translation>程序已在运行。</translation>
    </message>
    <message>
        <source>The program retries automatically. If the error persists, send the details to support.</source>
        <translation>程序会自动重试；若一直如此，请将详情告知技术支持。</translation>
    </message>
    <message>
        <source>The project ID contains invalid characters.</source>
        <translation>项目 ID 中含有不允许的字符。</translation>
    </message>
    <message>
        <source>The project ID or secret may be wrong: test the connection in Settings. If the test succeeds, the platform itself has an error: give the number {err_code} to its support.</source>
        <translation>可能是项目 ID 或密钥有误：请在“设置”中测试连接；也可能是平台自身出错：请将编号 {err_code} 告知平台客服。</translation>
    </message>
    <message>
        <source>The project secret is required.</source>
        <translation>需要项目密钥。</translation>
    </message>
    <message>
        <source>The rehearsal isn&apos;t running.</source>
        <translation>演练环境未运行。</translation>
    </message>
    <message>
        <source>The rehearsal platform couldn&apos;t be started.</source>
        <translation>演练平台未能启动。</translation>
    </message>
    <message>
        <source>The rehearsal stopped before the contract was created.</source>
        <translation>演练在生成合同前中止。</translation>
    </message>
    <message>
        <source>The request was interrupted. It&apos;s unclear whether it took effect.</source>
        <translation>请求已中断，是否生效尚不确定。</translation>
    </message>
    <message>
        <source>The response belongs to another contract.</source>
        <translation>收到的响应属于另一份合同。</translation>
    </message>
    <message>
        <source>The response couldn&apos;t be understood.</source>
        <translation>无法识别收到的响应。</translation>
    </message>
    <message>
        <source>The response doesn&apos;t match the request, so it was rejected.</source>
        <translation>响应与本次请求无关，未予采信。</translation>
    </message>
    <message>
        <source>The response has no valid platform signature, so it was rejected.</source>
        <translation>响应不带平台的有效签名，未予采信。</translation>
    </message>
    <message>
        <source>The response is unreasonably large and wasn&apos;t read.</source>
        <translation>响应超出合理大小，未予读取。</translation>
    </message>
    <message>
        <source>The response was rejected. If this happens again, someone may be interfering with the connection.</source>
        <translation>该响应未被采信。若再次出现，可能有人在干扰网络连接。</translation>
    </message>
    <message>
        <source>The secret works for this session. The platform&apos;s secrets are shorter than this one: copy the secret from the platform again.</source>
        <translation>密钥在本次会话中有效。平台的密钥没有这么长：请到平台重新复制。</translation>
    </message>
    <message>
        <source>The secret works for this session. Try again, or sign in to this computer again.</source>
        <translation>密钥在本次会话中有效；请重试，或重新登录桌面。</translation>
    </message>
    <message>
        <source>The shared preset folder is empty.</source>
        <translation>共享的常用合同文件夹为空。</translation>
    </message>
    <message>
        <source>The sheet can&apos;t be read.</source>
        <translation>无法读取该表格。</translation>
    </message>
    <message>
        <source>The sheet contains more than {max} million characters. Nothing was read.</source>
        <translation>该表格超过 {max} 百万个字符，未读取任何内容。</translation>
    </message>
    <message>
        <source>The sheet has too many columns. At most {max} can be read.</source>
        <translation>表格列数太多：最多读取 {max} 列。</translation>
    </message>
    <message>
        <source>The sheet has too many rows. You can send at most {max} at a time.</source>
        <translation>表格行数太多：一次最多发起 {max} 行。</translation>
    </message>
    <message>
        <source>The sheet is damaged and can&apos;t be read completely. None of it was used.</source>
        <translation>表格已损坏，无法完整读取；未使用其中任何内容。</translation>
    </message>
    <message>
        <source>The sheet is in the old .xls format, which isn&apos;t supported.</source>
        <translation>该表格是旧的 .xls 格式，无法读取。</translation>
    </message>
    <message>
        <source>The sheet is no longer in its folder.</source>
        <translation>表格文件已不在原处。</translation>
    </message>
    <message>
        <source>The sheet is protected by a password.</source>
        <translation>该表格设有密码。</translation>
    </message>
    <message>
        <source>The sheet is too large: {size_mb} MB. The limit is {max_mb} MB.</source>
        <translation>表格太大：{size_mb} MB，最多读取 {max_mb} MB。</translation>
    </message>
    <message>
        <source>The signing deadline set by this preset has passed.</source>
        <translation>该常用合同的签署截止时间已过。</translation>
    </message>
    <message>
        <source>The template needs a name.</source>
        <translation>请填写模板名称。</translation>
    </message>
    <message>
        <source>The template&apos;s PDF isn&apos;t on this computer, so the contract can&apos;t be rehearsed.</source>
        <translation>模板的 PDF 不在本机，无法演练此合同。</translation>
    </message>
    <message>
        <source>The template&apos;s PDF isn&apos;t on this computer.</source>
        <translation>本机没有该模板的 PDF。</translation>
    </message>
    <message>
        <source>The text contains a character that can&apos;t be sent.</source>
        <translation>文本中含有无法发送的字符。</translation>
    </message>
    <message>
        <source>The upload permission has expired.</source>
        <translation>上传授权已过期。</translation>
    </message>
    <message>
        <source>There are no fields yet, so the platform can&apos;t fill in anything.</source>
        <translation>尚无填写项，平台无法填写。</translation>
    </message>
    <message>
        <source>These two contacts have different ID numbers, so they aren&apos;t the same person or organization.</source>
        <translation>两者证件号码不同，不是同一联系人。</translation>
    </message>
    <message>
        <source>This ID number belongs to another contact.</source>
        <translation>该证件号码属于另一联系人。</translation>
    </message>
    <message>
        <source>This PDF caused the reading process to fail. The process has been restarted.</source>
        <translation>此 PDF 导致读取进程出错；读取进程已重新启动。</translation>
    </message>
    <message>
        <source>This PDF has no pages.</source>
        <translation>此 PDF 没有任何页面。</translation>
    </message>
    <message>
        <source>This PDF is damaged and can&apos;t be opened.</source>
        <translation>此 PDF 已损坏，无法打开。</translation>
    </message>
    <message>
        <source>This PDF is protected by a password.</source>
        <translation>此 PDF 受密码保护。</translation>
    </message>
    <message>
        <source>This PDF needs more memory than allowed.</source>
        <translation>处理此 PDF 所需内存超出限制。</translation>
    </message>
    <message>
        <source>This PDF took too long and was stopped so that you can keep working.</source>
        <translation>处理此 PDF 耗时过长，已中止，以免影响您继续工作。</translation>
    </message>
    <message>
        <source>This address can&apos;t be used: {detail}</source>
        <translation>此地址无法使用：{detail}</translation>
    </message>
    <message>
        <source>This computer has no keyring to store the secret in.</source>
        <translation>本机没有可保存密钥的系统密钥环。</translation>
    </message>
    <message>
        <source>This computer has no keyring, so ID numbers, mobile numbers and email addresses can&apos;t be saved.</source>
        <translation>本机没有系统密钥环，无法保存证件号码、手机号和邮箱。</translation>
    </message>
    <message>
        <source>This computer no longer has a record of sending this contract.</source>
        <translation>本机已没有此次发起的记录。</translation>
    </message>
    <message>
        <source>This computer&apos;s keyring can&apos;t store a secret this long.</source>
        <translation>本机的系统密钥环存不下这么长的密钥。</translation>
    </message>
    <message>
        <source>This computer&apos;s record of this contract can&apos;t be read.</source>
        <translation>无法读取此合同的本机记录。</translation>
    </message>
    <message>
        <source>This computer&apos;s record of this template can&apos;t be read.</source>
        <translation>无法读取此模板的本机记录。</translation>
    </message>
    <message>
        <source>This contact already exists with the same ID number.</source>
        <translation>该联系人已存在，证件号码相同。</translation>
    </message>
    <message>
        <source>This contact has a platform account.</source>
        <translation>该联系人在平台已有账号。</translation>
    </message>
    <message>
        <source>This contact has no platform account in the current environment yet.</source>
        <translation>该联系人在当前环境尚无平台账号。</translation>
    </message>
    <message>
        <source>This contact no longer exists.</source>
        <translation>该联系人已不存在。</translation>
    </message>
    <message>
        <source>This contract has already been sent or is being sent.</source>
        <translation>此合同已经发起，或正在发起。</translation>
    </message>
    <message>
        <source>This contract is being sent and can&apos;t be changed now.</source>
        <translation>该合同正在发起，在此期间无法修改。</translation>
    </message>
    <message>
        <source>This contract is no longer being prepared.</source>
        <translation>该合同已不在准备状态。</translation>
    </message>
    <message>
        <source>This contract is no longer waiting to be checked.</source>
        <translation>该合同已无需查看。</translation>
    </message>
    <message>
        <source>This contract isn&apos;t known on this computer.</source>
        <translation>本机没有此合同的记录。</translation>
    </message>
    <message>
        <source>This contract no longer needs a decision.</source>
        <translation>该合同已不再待核实。</translation>
    </message>
    <message>
        <source>This contract was restored from another computer&apos;s backup, and sending may have continued there.</source>
        <translation>该合同从另一台电脑的备份恢复，可能已在那台电脑上继续发起。</translation>
    </message>
    <message>
        <source>This contract was sent by another project ({project_id}).</source>
        <translation>此合同由另一项目（{project_id}）发起。</translation>
    </message>
    <message>
        <source>This customer has already been entered.</source>
        <translation>此客户已录入。</translation>
    </message>
    <message>
        <source>This document is larger than {most} MB and can&apos;t be converted.</source>
        <translation>此文件超过 {most} MB，无法转换。</translation>
    </message>
    <message>
        <source>This document is protected by a password and can&apos;t be converted.</source>
        <translation>此文件设有密码，无法转换。</translation>
    </message>
    <message>
        <source>This draft can&apos;t be read.</source>
        <translation>无法读取此草稿。</translation>
    </message>
    <message>
        <source>This draft no longer exists.</source>
        <translation>此草稿已不存在。</translation>
    </message>
    <message>
        <source>This file contains no contacts.</source>
        <translation>文件中没有联系人。</translation>
    </message>
    <message>
        <source>This file has more than 100 pages.</source>
        <translation>此文件超过 100 页。</translation>
    </message>
    <message>
        <source>This file is damaged or isn&apos;t an image.</source>
        <translation>文件已损坏，或不是图片。</translation>
    </message>
    <message>
        <source>This file is empty.</source>
        <translation>此文件是空的。</translation>
    </message>
    <message>
        <source>This file is neither a spreadsheet nor an address book.</source>
        <translation>此文件既不是表格，也不是通讯录。</translation>
    </message>
    <message>
        <source>This file isn&apos;t a preset, or it&apos;s damaged.</source>
        <translation>此文件不是常用合同，或已损坏。</translation>
    </message>
    <message>
        <source>This file isn&apos;t a spreadsheet.</source>
        <translation>该文件不是表格。</translation>
    </message>
    <message>
        <source>This file isn&apos;t an address book.</source>
        <translation>此文件不是通讯录。</translation>
    </message>
    <message>
        <source>This file isn&apos;t an image that can be shown.</source>
        <translation>这不是可以显示的图片。</translation>
    </message>
    <message>
        <source>This file no longer fits into the merged file.</source>
        <translation>合并后的文件过大，放不下这份文件。</translation>
    </message>
    <message>
        <source>This folder contains backups of several computers.</source>
        <translation>此文件夹中有多台电脑的备份。</translation>
    </message>
    <message>
        <source>This folder contains no backup.</source>
        <translation>此文件夹中没有备份。</translation>
    </message>
    <message>
        <source>This folder overlaps the program&apos;s own data folder.</source>
        <translation>此文件夹与本程序自己的数据在同一处。</translation>
    </message>
    <message>
        <source>This image format can&apos;t be converted to pages.</source>
        <translation>不支持将此类图片转为页面。</translation>
    </message>
    <message>
        <source>This image is too large. The limits are 120 million pixels and 100 MB.</source>
        <translation>图片过大：最多支持 1.2 亿像素、100 MB。</translation>
    </message>
    <message>
        <source>This is one of the signed files, so it isn&apos;t overwritten.</source>
        <translation>这是其中一份已签文件，不会覆盖。</translation>
    </message>
    <message>
        <source>This isn&apos;t a PDF.</source>
        <translation>这不是 PDF 文件。</translation>
    </message>
    <message>
        <source>This isn&apos;t a PDF. Contracts must be sent as PDFs.</source>
        <translation>这不是 PDF：合同须以 PDF 发起。</translation>
    </message>
    <message>
        <source>This isn&apos;t a valid length.</source>
        <translation>长度无效。</translation>
    </message>
    <message>
        <source>This isn&apos;t a valid page number.</source>
        <translation>页码无效。</translation>
    </message>
    <message>
        <source>This key can&apos;t be used to choose a preset.</source>
        <translation>此键不能用于选择常用合同。</translation>
    </message>
    <message>
        <source>This page couldn&apos;t be displayed.</source>
        <translation>此页无法显示。</translation>
    </message>
    <message>
        <source>This page is too large to display at this zoom level.</source>
        <translation>页面过大，无法按当前比例显示。</translation>
    </message>
    <message>
        <source>This platform provides signing links only when the contract is shown to its signers.</source>
        <translation>该平台只在向签署方展示合同时才提供签署链接。</translation>
    </message>
    <message>
        <source>This platform shows a contract to its signers as soon as the contract is created. Ask the signers or the platform&apos;s support before you cancel and send again.</source>
        <translation>该平台一创建合同就会向签署方展示。请先向签署方或平台客服确认，再取消并重新发起。</translation>
    </message>
    <message>
        <source>This preset can&apos;t be read.</source>
        <translation>无法读取此常用合同。</translation>
    </message>
    <message>
        <source>This preset can&apos;t be used: a required seal has no position.</source>
        <translation>该常用合同不能使用：缺少必需的印章位置。</translation>
    </message>
    <message>
        <source>This preset has no customer, so no one at the counter would sign.</source>
        <translation>此常用合同没有客户：柜台前无人签署。</translation>
    </message>
    <message>
        <source>This preset no longer exists.</source>
        <translation>此常用合同已不存在。</translation>
    </message>
    <message>
        <source>This preset was changed elsewhere after you opened it. Nothing was saved.</source>
        <translation>该常用合同打开后已在别处被修改，本次未保存。</translation>
    </message>
    <message>
        <source>This preset was exported by a newer version of this program.</source>
        <translation>该常用合同由本程序的较新版本导出。</translation>
    </message>
    <message>
        <source>This sheet has no column named Name or Organization.</source>
        <translation>表格中没有名为“姓名”或“企业名称”的列。</translation>
    </message>
    <message>
        <source>This sheet has no rows below its headings.</source>
        <translation>该表格的表头下面没有数据行。</translation>
    </message>
    <message>
        <source>This template is already in the list.</source>
        <translation>该模板已在列表中。</translation>
    </message>
    <message>
        <source>To see its pages and fields, add the PDF in Presets.</source>
        <translation>请在“常用合同”中添加其 PDF，即可看到页面和填写项。</translation>
    </message>
    <message>
        <source>Too many requests are being sent to the platform (HTTP {status}).</source>
        <translation>目前向平台发出的请求过于频繁（HTTP {status}）。</translation>
    </message>
    <message>
        <source>Too many wrong PINs.</source>
        <translation>PIN 码错误次数过多。</translation>
    </message>
    <message>
        <source>Try again in a few minutes.</source>
        <translation>请过几分钟重试。</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>请稍后重试。</translation>
    </message>
    <message>
        <source>Try again in a moment. If this happens often, ask your network administrator.</source>
        <translation>请稍后重试；若经常出现，请联系网络管理员。</translation>
    </message>
    <message>
        <source>Try again. Completed steps won&apos;t be repeated.</source>
        <translation>请重试；已完成的步骤不会重复执行。</translation>
    </message>
    <message>
        <source>Try again. If it happens again, a device on the network is altering the traffic.</source>
        <translation>请重试。若再次出现，说明途中有设备改动了数据。</translation>
    </message>
    <message>
        <source>Try again. If it happens again, send this code to support.</source>
        <translation>请重试；若再次出现，请将此代码告知技术支持。</translation>
    </message>
    <message>
        <source>Try again. The program will request new permission.</source>
        <translation>请重试：将重新申请授权。</translation>
    </message>
    <message>
        <source>Type names and titles instead of pasting them.</source>
        <translation>请手动输入姓名和标题，不要粘贴。</translation>
    </message>
    <message>
        <source>Unlock the keyring when the system asks, then try again.</source>
        <translation>请在系统提示时解锁，然后重试。</translation>
    </message>
    <message>
        <source>Unlock the keyring, or send the contract before you close the program.</source>
        <translation>请解锁系统密钥环，或在关闭程序之前发起合同。</translation>
    </message>
    <message>
        <source>Unlock the keyring, then delete the person&apos;s data.</source>
        <translation>请先解锁系统密钥环，再清除此人信息。</translation>
    </message>
    <message>
        <source>Unlock the keyring, then open the contract again. Nothing is lost.</source>
        <translation>请解锁系统密钥环，再重新打开此合同。内容没有丢失。</translation>
    </message>
    <message>
        <source>Unlock the keyring, then try again. Nothing was changed.</source>
        <translation>请解锁系统密钥环后重试。未作任何更改。</translation>
    </message>
    <message>
        <source>Update the operating system (SQLite {needed} or later), or install this program&apos;s complete package, which includes SQLite. Nothing is lost.</source>
        <translation>请升级操作系统（SQLite {needed} 或更高版本），或安装自带 SQLite 的完整安装包。数据没有丢失。</translation>
    </message>
    <message>
        <source>Update the operating system, or install this program&apos;s complete package, which includes SQLite. Your data was not changed.</source>
        <translation>请升级操作系统，或安装自带 SQLite 的完整安装包。您的数据未作任何改动。</translation>
    </message>
    <message>
        <source>Update this program, or ask for an export from the older version.</source>
        <translation>请升级本程序，或请对方用旧版本重新导出。</translation>
    </message>
    <message>
        <source>Use F2 to F8.</source>
        <translation>请使用 F2 至 F8。</translation>
    </message>
    <message>
        <source>Use other characters in the field&apos;s label, example and options.</source>
        <translation>请更换该填写项名称、示例或选项中的用字。</translation>
    </message>
    <message>
        <source>Use the name from your everyday business.</source>
        <translation>请使用日常业务中的名称。</translation>
    </message>
    <message>
        <source>Use the window that is already open.</source>
        <translation>请使用已打开的窗口。</translation>
    </message>
    <message>
        <source>Wait a moment, then try again.</source>
        <translation>请稍候再试。</translation>
    </message>
    <message>
        <source>Wait until all rows are sent, or pause sending.</source>
        <translation>请等待其全部发起，或先暂停。</translation>
    </message>
    <message>
        <source>Wait until all signers have signed.</source>
        <translation>请等待所有人签署完毕。</translation>
    </message>
    <message>
        <source>Wait until this is finished, then try again.</source>
        <translation>请等待其完成后重试。</translation>
    </message>
    <message>
        <source>Wait {seconds} seconds, then try again.</source>
        <translation>请等待 {seconds} 秒后再试。</translation>
    </message>
    <message>
        <source>Without the keyring, field values are kept only until you close the program.</source>
        <translation>系统密钥环不可用，填写的内容只保留到关闭程序为止。</translation>
    </message>
    <message>
        <source>Writing to the backup folder failed.</source>
        <translation>写入备份文件夹失败。</translation>
    </message>
    <message>
        <source>You can delete the data of a person; an organization stays in the list.</source>
        <translation>个人可改用“清除此人信息”；企业保留在列表中。</translation>
    </message>
    <message>
        <source>You can save the contact without this data. Nothing was changed.</source>
        <translation>可以只保存其他内容。未作任何更改。</translation>
    </message>
    <message>
        <source>You can still send the contract; the platform has the template.</source>
        <translation>仍可正式发起，平台存有该模板。</translation>
    </message>
    <message>
        <source>You may not have permission to read the file, or another program may be using it.</source>
        <translation>您可能没有权限，或文件正被其他程序占用。</translation>
    </message>
    <message>
        <source>You&apos;ll be asked for the secret in each session. It isn&apos;t saved.</source>
        <translation>每次启动都需输入密钥，密钥不会保存。</translation>
    </message>
    <message>
        <source>“{label}” can hold at most {most} characters.</source>
        <translation>“{label}”最多可填 {most} 个字。</translation>
    </message>
    <message>
        <source>“{label}” is a check box.</source>
        <translation>“{label}”为勾选项。</translation>
    </message>
    <message>
        <source>“{label}” is required.</source>
        <translation>“{label}”为必填项。</translation>
    </message>
    <message>
        <source>“{label}” must be a number.</source>
        <translation>“{label}”须为数字。</translation>
    </message>
    <message>
        <source>“{label}” must be a valid date.</source>
        <translation>“{label}”须为有效日期。</translation>
    </message>
    <message>
        <source>“{label}” must be an amount in yuan.</source>
        <translation>“{label}”须为金额（元）。</translation>
    </message>
    <message>
        <source>“{label}” must be one of the options.</source>
        <translation>“{label}”须为所列选项之一。</translation>
    </message>
    <message>
        <source>“{label}”: invalid ID number.</source>
        <translation>“{label}”的证件号码无效。</translation>
    </message>
    <message>
        <source>“{label}”: invalid mobile number.</source>
        <translation>“{label}”的手机号无效。</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>&amp;Mask ID numbers, mobile numbers and email addresses</source>
        <translation>证件号码、手机号和邮箱脱敏(&amp;M)</translation>
    </message>
    <message>
        <source>Anyone who opens this file can read all numbers. Keep the file in a safe place.</source>
        <translation>打开此文件的人可看到全部号码，请妥善保管。</translation>
    </message>
    <message>
        <source>CSV (.csv)</source>
        <translation>CSV (.csv)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Contacts</source>
        <translation>联系人</translation>
    </message>
    <message>
        <source>Excel workbook (.xlsx)</source>
        <translation>Excel 工作簿 (.xlsx)</translation>
    </message>
    <message numerus="yes">
        <source>Export %n contact(s)</source>
        <translation>
            <numerusform>导出 %n 个联系人</numerusform>
        </translation>
    </message>
    <message>
        <source>Export &amp;without masking</source>
        <translation>不脱敏导出(&amp;W)</translation>
    </message>
    <message>
        <source>Export contacts</source>
        <translation>导出联系人</translation>
    </message>
    <message>
        <source>Export in full…</source>
        <translation>完整导出…</translation>
    </message>
    <message>
        <source>Export masked…</source>
        <translation>脱敏导出…</translation>
    </message>
    <message>
        <source>File type</source>
        <translation>文件类型</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
</context>
<context>
    <name>FallbackPane</name>
    <message>
        <source>Add position</source>
        <translation>添加坐标</translation>
    </message>
    <message>
        <source>Fallback page</source>
        <translation>备用坐标所在页</translation>
    </message>
    <message>
        <source>Fallback position</source>
        <translation>备用坐标</translation>
    </message>
    <message>
        <source>If “{keyword}” isn&apos;t found:</source>
        <translation>找不到“{keyword}”时：</translation>
    </message>
    <message>
        <source>Position {number} of {count}</source>
        <translation>坐标 {number}/{count}</translation>
    </message>
    <message>
        <source>Remove position</source>
        <translation>移除坐标</translation>
    </message>
    <message>
        <source>from the bottom</source>
        <translation>距下边</translation>
    </message>
    <message>
        <source>from the left</source>
        <translation>距左边</translation>
    </message>
    <message>
        <source>page </source>
        <translation>页码 </translation>
    </message>
</context>
<context>
    <name>FieldBar</name>
    <message>
        <source>Arrange</source>
        <translation>排列</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>选择</translation>
    </message>
</context>
<context>
    <name>FieldMenu</name>
    <message>
        <source>Copy to pages</source>
        <translation>复制到其他页</translation>
    </message>
    <message>
        <source>Copy to pages…</source>
        <translation>复制到其他页…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Don&apos;t fill from a signer</source>
        <translation>不再取自签署方</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>创建副本</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>No signer has a value for this field</source>
        <translation>没有可填入此填写项的签署方信息</translation>
    </message>
    <message>
        <source>Pages, such as 2-4,6</source>
        <translation>页码，如 2-4,6</translation>
    </message>
    <message>
        <source>Registration number</source>
        <translation>证照号码</translation>
    </message>
    <message>
        <source>Representative&apos;s name</source>
        <translation>经办人姓名</translation>
    </message>
    <message>
        <source>Same as other fields with this label</source>
        <translation>与同名填写项保持一致</translation>
    </message>
    <message>
        <source>Same size as the first</source>
        <translation>与第一个同样大小</translation>
    </message>
</context>
<context>
    <name>FieldPanel</name>
    <message numerus="yes">
        <source>%n field(s)</source>
        <translation>
            <numerusform>%n 个填写项</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Example</source>
        <translation>示例(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Label</source>
        <translation>显示名称(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Maximum length</source>
        <translation>最多字数(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Options</source>
        <translation>选项(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Required</source>
        <translation>必填(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Type</source>
        <translation>类型(&amp;K)</translation>
    </message>
    <message>
        <source>Add fields at the underlines, gaps and empty cells of all pages</source>
        <translation>在所有页面的下划线、空位和空单元格处添加填写项</translation>
    </message>
    <message>
        <source>Choose a type above, then draw on the page. A click or Enter places a field of the default size.</source>
        <translation>请在上方选择类型，再在页面上拖画；单击或按 Enter 则放置默认大小的填写项。</translation>
    </message>
    <message>
        <source>Click a field to name it, or drag across several to align them.</source>
        <translation>单击填写项可命名；框选多个可对齐。</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>填写项</translation>
    </message>
    <message>
        <source>Find blanks</source>
        <translation>查找空白处</translation>
    </message>
    <message>
        <source>How the field is labeled in the form; if empty, its name is used</source>
        <translation>填写时显示的名称；留空则显示填写项名称</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>Separated by semicolons</source>
        <translation>用分号分隔</translation>
    </message>
    <message>
        <source>The platform identifies the field by this name</source>
        <translation>平台按此名称识别填写项</translation>
    </message>
    <message>
        <source>This field comes from the PDF&apos;s own form. Its name and position can&apos;t be changed.</source>
        <translation>该填写项来自 PDF 自带的表单，名称和位置不变。</translation>
    </message>
    <message>
        <source>{name} · {kind} · p. {page}</source>
        <translation>{name} · {kind} · 第 {page} 页</translation>
    </message>
</context>
<context>
    <name>FieldRow</name>
    <message>
        <source>Enter once for all fields with this label</source>
        <translation>同名填写项只需填写一次</translation>
    </message>
    <message>
        <source>Fill from a signer…</source>
        <translation>取自签署方…</translation>
    </message>
    <message>
        <source>From {signer}</source>
        <translation>取自 {signer}</translation>
    </message>
    <message>
        <source>Insert the amount in words</source>
        <translation>填入大写</translation>
    </message>
    <message>
        <source>Optional</source>
        <translation>可留空</translation>
    </message>
    <message>
        <source>Required</source>
        <translation>必填</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>勾选</translation>
    </message>
    <message>
        <source>{name}, required</source>
        <translation>{name}，必填</translation>
    </message>
</context>
<context>
    <name>FieldsPane</name>
    <message>
        <source>&amp;Fill with</source>
        <translation>填入内容(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Maximum length</source>
        <translation>最多字数(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Name in the template</source>
        <translation>模板中的名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Options</source>
        <translation>选项(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Required before sending</source>
        <translation>必填(&amp;R)：留空则不能发起</translation>
    </message>
    <message>
        <source>&amp;Text</source>
        <translation>文字(&amp;T)</translation>
    </message>
    <message>
        <source>A PDF stored on this computer and uploaded each time</source>
        <translation>保存在本机的 PDF，每次上传</translation>
    </message>
    <message>
        <source>Answer t&amp;ype</source>
        <translation>内容类型(&amp;K)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Enter the names of the form fields in the template&apos;s PDF. Fields that aren&apos;t listed stay as they are in the template.</source>
        <translation>名称须与模板 PDF 中的填写项一致；未列出的填写项保持模板原样。</translation>
    </message>
    <message>
        <source>First customer</source>
        <translation>第一位客户</translation>
    </message>
    <message>
        <source>Form field</source>
        <translation>填写项</translation>
    </message>
    <message>
        <source>Form fields</source>
        <translation>填写项</translation>
    </message>
    <message>
        <source>From &amp;signer</source>
        <translation>取自(&amp;W)</translation>
    </message>
    <message>
        <source>Inferred from the name: {kind}</source>
        <translation>按名称判断：{kind}</translation>
    </message>
    <message>
        <source>L&amp;abel in the form</source>
        <translation>录入提示(&amp;A)</translation>
    </message>
    <message>
        <source>Separated by semicolons</source>
        <translation>用分号分隔</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>模板</translation>
    </message>
</context>
<context>
    <name>FileDialogs</name>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>CSV table</source>
        <translation>CSV 表格</translation>
    </message>
    <message>
        <source>Excel workbook</source>
        <translation>Excel 工作簿</translation>
    </message>
    <message>
        <source>File type:</source>
        <translation>文件类型：</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>JSON for other programs</source>
        <translation>供程序使用的 JSON</translation>
    </message>
    <message>
        <source>Look in:</source>
        <translation>查找范围：</translation>
    </message>
    <message>
        <source>PDF files</source>
        <translation>PDF 文件</translation>
    </message>
    <message>
        <source>PDFs, images and Word documents</source>
        <translation>PDF、图片和 Word 文件</translation>
    </message>
    <message>
        <source>PNG image</source>
        <translation>PNG 图片</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>常用合同</translation>
    </message>
    <message>
        <source>Spreadsheets</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Spreadsheets and address books</source>
        <translation>表格和通讯录</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message numerus="yes">
        <source>%n contract(s)</source>
        <translation>
            <numerusform>%n 份合同</numerusform>
        </translation>
    </message>
    <message>
        <source>Action needed</source>
        <translation>待我处理</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Contracts that you need to start, seal or download</source>
        <translation>等您开始签署、盖章或下载的合同</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>In progress</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>{name} {count}</source>
        <translation>{name} {count}</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭 (Esc)</translation>
    </message>
    <message>
        <source>Find text</source>
        <translation>查找文字</translation>
    </message>
    <message>
        <source>Find text (Enter: next)</source>
        <translation>查找文字（Enter：下一处）</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>页码</translation>
    </message>
    <message>
        <source>Page (Ctrl+G)</source>
        <translation>页码（Ctrl+G）</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>{number} of {count}</source>
        <translation>{number}/{count}</translation>
    </message>
</context>
<context>
    <name>FinishedBar</name>
    <message>
        <source>Back to editing ({key} or Esc)</source>
        <translation>返回编辑（{key} 或 Esc）</translation>
    </message>
    <message>
        <source>Final look: seals appear as in the signed document. Nothing can be edited here.</source>
        <translation>定稿效果：印章按签署后的样子显示，此时不能编辑。</translation>
    </message>
</context>
<context>
    <name>FirstSteps</name>
    <message>
        <source>Add both</source>
        <translation>添加双方</translation>
    </message>
    <message>
        <source>Add the signers. Two fictitious parties are ready for the sample contract.</source>
        <translation>请添加签署方。示例合同已备好两个虚构的签署方。</translation>
    </message>
    <message>
        <source>Add the signers: a person, or an organization with its representative.</source>
        <translation>请添加签署方：个人，或者企业及其经办人。</translation>
    </message>
    <message>
        <source>Check who signs what and what it costs, then send.</source>
        <translation>请核对谁签署什么、费用多少，然后发起。</translation>
    </message>
    <message>
        <source>Check who signs what and what it costs, then send. The rehearsal stays on this computer.</source>
        <translation>请核对签署方、签署内容和费用，然后发起：演练只在本机进行。</translation>
    </message>
    <message>
        <source>Check who signs what and what it costs, then send. This contract is legally binding.</source>
        <translation>请核对谁签署什么、费用多少，然后发起。此合同具有法律效力。</translation>
    </message>
    <message>
        <source>Click where the chosen signer&apos;s seal belongs, usually on the last page. Then choose the next signer in the list or with keys 1 to 9. Each signer needs a seal.</source>
        <translation>在页面上点击所选签署方的印章位置，一般在最后一页。然后在列表中或按数字键 1–9 选择下一个签署方：每一方都要有印章。</translation>
    </message>
    <message>
        <source>Everything is ready. Review the contract before you send it.</source>
        <translation>已准备就绪。请先核对合同，再发起。</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>Sample service contract</source>
        <translation>软件实施服务合同（示例）</translation>
    </message>
    <message>
        <source>Seal positions found. Accept them all, or click where each seal belongs.</source>
        <translation>已识别到印章位置：可全部采用，也可点击页面逐一放置。</translation>
    </message>
    <message>
        <source>Signers and seal positions were found in the contract. Accept them all, then fill in the signers&apos; details.</source>
        <translation>已从合同中识别签署方和印章位置：请全部采用，然后填写各方信息。</translation>
    </message>
    <message>
        <source>Signers and seal positions were found in the contract. Accept them all. Two fictitious parties are ready for the sample contract.</source>
        <translation>已从合同中识别签署方和印章位置：请全部采用。示例合同已备好两个虚构的签署方。</translation>
    </message>
    <message>
        <source>To send legally binding contracts, you need an e签宝 account.</source>
        <translation>要发起有法律效力的合同，需要 e签宝账号。</translation>
    </message>
    <message>
        <source>Track your contracts here: signing progress, links, QR codes and signed files.</source>
        <translation>在这里跟踪合同：谁已签署、签署链接、二维码和已签文件。</translation>
    </message>
    <message>
        <source>Use a real account…</source>
        <translation>使用正式账号…</translation>
    </message>
    <message>
        <source>You have sent your first contract in the rehearsal.</source>
        <translation>您已在演练环境中发起了第一份合同。</translation>
    </message>
    <message>
        <source>{number} of {count}</source>
        <translation>{number}/{count}</translation>
    </message>
</context>
<context>
    <name>FlowCommands</name>
    <message>
        <source> (original)</source>
        <translation>（原文）</translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s) couldn&apos;t be downloaded.</source>
        <translation>
            <numerusform>%n 份合同下载失败。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) downloaded.</source>
        <translation>
            <numerusform>已下载 %n 个文件。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n original(s) downloaded.</source>
        <translation>
            <numerusform>已下载 %n 份原文。</numerusform>
        </translation>
    </message>
    <message>
        <source>Checking with the platform…</source>
        <translation>正在查询平台…</translation>
    </message>
    <message>
        <source>Choose one contract. Contracts are corrected one at a time.</source>
        <translation>请只选一份合同：更正只能逐份进行。</translation>
    </message>
    <message>
        <source>Contract {number} of {count} — {progress}</source>
        <translation>第 {number} / {count} 份合同 — {progress}</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Downloading: {done} MB</source>
        <translation>正在下载：{done} MB</translation>
    </message>
    <message>
        <source>Downloading: {done} of {total} MB</source>
        <translation>正在下载：{done} / {total} MB</translation>
    </message>
    <message>
        <source>Downloading…</source>
        <translation>正在下载…</translation>
    </message>
    <message>
        <source>Folder for the signed files</source>
        <translation>已签文件的保存位置</translation>
    </message>
    <message>
        <source>Making the contract available to signers…</source>
        <translation>正在发给签署方…</translation>
    </message>
    <message>
        <source>No link to copy: no signature is due now, or the platform returned no link.</source>
        <translation>没有可复制的链接：当前无人待签，或平台未提供链接。</translation>
    </message>
    <message>
        <source>Nothing to download yet: no one has signed.</source>
        <translation>还没有可下载的文件：尚无人签署。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Opening a copy of the contract for editing…</source>
        <translation>正在打开合同副本…</translation>
    </message>
    <message>
        <source>Revoking…</source>
        <translation>正在撤回…</translation>
    </message>
    <message>
        <source>Start signing</source>
        <translation>开始签署</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>The selected contracts have all ended, so there is nothing to revoke.</source>
        <translation>所选合同均已结束，无需撤回。</translation>
    </message>
    <message>
        <source>The signed files haven&apos;t been downloaded to this computer yet.</source>
        <translation>已签文件尚未下载到本机。</translation>
    </message>
    <message>
        <source>The signing link of {name} has been copied.</source>
        <translation>已复制 {name} 的签署链接。</translation>
    </message>
    <message>
        <source>There is no signed file.</source>
        <translation>没有已签文件。</translation>
    </message>
    <message>
        <source>“{title}” has been revoked.</source>
        <translation>“{title}”已撤回。</translation>
    </message>
    <message>
        <source>“{title}” is now available to its signers.</source>
        <translation>“{title}”已发给签署方。</translation>
    </message>
</context>
<context>
    <name>FlowExport</name>
    <message numerus="yes">
        <source>%n contract(s) exported.</source>
        <translation>
            <numerusform>已导出 %n 份合同。</numerusform>
        </translation>
    </message>
    <message>
        <source>Contract</source>
        <translation>合同</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>Due</source>
        <translation>签署截止</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>签署环境</translation>
    </message>
    <message>
        <source>Export contracts</source>
        <translation>导出合同</translation>
    </message>
    <message>
        <source>Flow number</source>
        <translation>流程编号</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>业务编号</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>发起时间</translation>
    </message>
    <message>
        <source>Signers</source>
        <translation>签署方</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
</context>
<context>
    <name>FlowList</name>
    <message numerus="yes">
        <source>%n contract(s) found</source>
        <translation>
            <numerusform>找到 %n 份合同</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Audit log of this computer…</source>
        <translation>本机操作记录(&amp;D)…</translation>
    </message>
    <message>
        <source>&amp;Export these contracts…</source>
        <translation>导出这些合同(&amp;E)…</translation>
    </message>
    <message>
        <source>Can&apos;t reach the platform at the moment. The status shown may be out of date.</source>
        <translation>暂时无法连接平台：显示的状态可能已有变化。</translation>
    </message>
    <message>
        <source>Contracts used and &amp;left…</source>
        <translation>合同用量与余量(&amp;L)…</translation>
    </message>
    <message>
        <source>Contracts with {name}</source>
        <translation>与 {name} 的合同</translation>
    </message>
    <message>
        <source>Contracts you send appear here, with their signing progress.</source>
        <translation>发起的合同会列在这里，可查看谁已签署、还差什么。</translation>
    </message>
    <message>
        <source>Due today</source>
        <translation>今天到期</translation>
    </message>
    <message>
        <source>In the last 30 days</source>
        <translation>近 30 天</translation>
    </message>
    <message>
        <source>In the last 365 days</source>
        <translation>近 365 天</translation>
    </message>
    <message>
        <source>In the last 7 days</source>
        <translation>近 7 天</translation>
    </message>
    <message>
        <source>No contracts have reached their signers yet</source>
        <translation>还没有合同送达签署方</translation>
    </message>
    <message>
        <source>No contracts sent yet</source>
        <translation>还没有发起过合同</translation>
    </message>
    <message>
        <source>No matching contracts</source>
        <translation>没有符合条件的合同</translation>
    </message>
    <message>
        <source>Not signed for 3 days</source>
        <translation>三天未签</translation>
    </message>
    <message>
        <source>Prepare contract</source>
        <translation>准备合同</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search party, date or file</source>
        <translation>搜索签署方、日期或文件</translation>
    </message>
    <message>
        <source>Sent contracts</source>
        <translation>已发起的合同</translation>
    </message>
    <message>
        <source>Sent today</source>
        <translation>今天发起</translation>
    </message>
    <message>
        <source>Show all contracts</source>
        <translation>显示全部合同</translation>
    </message>
    <message>
        <source>Some contracts above aren&apos;t completely sent. Decide what to do, or continue there.</source>
        <translation>上方的合同尚未发起完成，请在上方核实或继续。</translation>
    </message>
    <message>
        <source>Unknown status</source>
        <translation>状态未知</translation>
    </message>
</context>
<context>
    <name>FlowMenu</name>
    <message>
        <source>Copy technical details</source>
        <translation>复制技术信息</translation>
    </message>
    <message>
        <source>Delete {name}&apos;s data…</source>
        <translation>清除 {name} 的信息…</translation>
    </message>
    <message>
        <source>Download to another folder…</source>
        <translation>下载到其他文件夹…</translation>
    </message>
    <message>
        <source>Save reminders as a table…</source>
        <translation>提醒另存为表格…</translation>
    </message>
</context>
<context>
    <name>FlowTableModel</name>
    <message>
        <source>Contract</source>
        <translation>合同</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>Due</source>
        <translation>签署截止</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>发起时间</translation>
    </message>
</context>
<context>
    <name>FlowWords</name>
    <message>
        <source>(deleted person)</source>
        <translation>（已清除的人）</translation>
    </message>
    <message>
        <source>All signers have signed</source>
        <translation>已全部签署</translation>
    </message>
    <message>
        <source>All signers have signed; not downloaded yet</source>
        <translation>已全部签署，尚未下载</translation>
    </message>
    <message>
        <source>Deleted person</source>
        <translation>已清除的人</translation>
    </message>
    <message>
        <source>Expired before {names} signed</source>
        <translation>已过期：{names} 未签署</translation>
    </message>
    <message>
        <source>No signer has seen the contract yet</source>
        <translation>合同尚未对任何人可见</translation>
    </message>
    <message>
        <source>Our organization</source>
        <translation>我方</translation>
    </message>
    <message>
        <source>Our seal is due</source>
        <translation>等待我方盖章</translation>
    </message>
    <message>
        <source>Paid for by someone else, not from your plan</source>
        <translation>由其他方付费，不占用您的套餐</translation>
    </message>
    <message>
        <source>Paid for by {name}, not from your plan</source>
        <translation>由{name}付费，不占用您的套餐</translation>
    </message>
    <message>
        <source>The platform returned only a link that is insecure (http) or points into a local network, so the link isn&apos;t opened. The platform notifies the signer itself.</source>
        <translation>平台给出的签署链接不是安全连接（http）或指向内网，不予打开。签署方由平台自行通知。</translation>
    </message>
    <message>
        <source>The signature of {names} awaits confirmation on the platform</source>
        <translation>{names} 的签署待平台确认</translation>
    </message>
    <message>
        <source>Used from {name}&apos;s plan, not from yours</source>
        <translation>已从{name}的套餐扣减，不占用您的套餐</translation>
    </message>
    <message>
        <source>Waiting for {names} to sign</source>
        <translation>等待 {names} 签署</translation>
    </message>
    <message>
        <source>awaiting confirmation</source>
        <translation>待确认</translation>
    </message>
    <message>
        <source>awaiting signatures</source>
        <translation>签署中</translation>
    </message>
    <message>
        <source>completed</source>
        <translation>已全部签署</translation>
    </message>
    <message>
        <source>completed, not downloaded yet</source>
        <translation>已全部签署，待下载</translation>
    </message>
    <message>
        <source>declined</source>
        <translation>已拒签</translation>
    </message>
    <message>
        <source>ended: declined or failed</source>
        <translation>已终止：拒签或签署失败</translation>
    </message>
    <message>
        <source>expired</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>has declined</source>
        <translation>已拒签</translation>
    </message>
    <message>
        <source>has not signed yet</source>
        <translation>待签署</translation>
    </message>
    <message>
        <source>has signed</source>
        <translation>已签署</translation>
    </message>
    <message>
        <source>has signed {count} of {total} documents</source>
        <translation>已签 {count} 份，共 {total} 份文件</translation>
    </message>
    <message>
        <source>not shown to signers yet</source>
        <translation>尚未发给任何人</translation>
    </message>
    <message>
        <source>not signed</source>
        <translation>未签署</translation>
    </message>
    <message>
        <source>not their turn yet</source>
        <translation>未轮到</translation>
    </message>
    <message>
        <source>revoked</source>
        <translation>已撤回</translation>
    </message>
    <message>
        <source>signing</source>
        <translation>签署中</translation>
    </message>
    <message>
        <source>signing failed</source>
        <translation>签署失败</translation>
    </message>
    <message>
        <source>unconfirmed: {names}</source>
        <translation>待平台确认：{names}</translation>
    </message>
    <message>
        <source>unknown ({code})</source>
        <translation>未知（{code}）</translation>
    </message>
    <message>
        <source>waiting for {names}</source>
        <translation>等 {names}</translation>
    </message>
    <message>
        <source>{name} declined</source>
        <translation>{name} 拒签</translation>
    </message>
    <message>
        <source>{name} failed to sign</source>
        <translation>{name} 签署失败</translation>
    </message>
    <message>
        <source>{name} pays; a contract in their plan is reserved when they sign</source>
        <translation>由{name}付费：其签署时冻结其套餐</translation>
    </message>
    <message>
        <source>{name} would have paid; nothing was used</source>
        <translation>原由{name}付费，未扣减</translation>
    </message>
    <message>
        <source>{state}: {names}</source>
        <translation>{state}：{names}</translation>
    </message>
    <message>
        <source>{text}, due {moment}</source>
        <translation>{text}，{moment} 截止</translation>
    </message>
    <message>
        <source>{text}: {reason}</source>
        <translation>{text}：{reason}</translation>
    </message>
    <message>
        <source>{title}: {state}; {signers}</source>
        <translation>{title}：{state}；{signers}</translation>
    </message>
</context>
<context>
    <name>FoldButton</name>
    <message>
        <source>Collapsed</source>
        <translation>已折叠</translation>
    </message>
    <message>
        <source>Expanded</source>
        <translation>已展开</translation>
    </message>
</context>
<context>
    <name>FolderField</name>
    <message>
        <source>Choose folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>Default folder</source>
        <translation>默认文件夹</translation>
    </message>
    <message>
        <source>Folder for signed files</source>
        <translation>已签文件的保存位置</translation>
    </message>
    <message>
        <source>Your Downloads folder</source>
        <translation>系统的“下载”文件夹</translation>
    </message>
</context>
<context>
    <name>ForgetSheet</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>另有 %n 份</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Delete permanently</source>
        <translation>永久清除(&amp;F)</translation>
    </message>
    <message>
        <source>A name may belong to someone else or be an ordinary word. Presets that aren&apos;t selected are kept.</source>
        <translation>姓名可能是他人，也可能只是普通词语；未勾选的常用合同将保留。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Delete a person&apos;s data</source>
        <translation>清除某人信息</translation>
    </message>
    <message>
        <source>Delete {name}&apos;s data?</source>
        <translation>要清除“{name}”的信息吗？</translation>
    </message>
    <message>
        <source>Deleting…</source>
        <translation>正在清除…</translation>
    </message>
    <message>
        <source>Files you saved yourself, including signed contracts, are kept. The platform keeps its own data.</source>
        <translation>您自己保存的文件（包括已下载的签署文件）不会被删除。平台上的数据仍由平台保存。</translation>
    </message>
    <message>
        <source>Image-only pages of other contracts can&apos;t be searched and are kept. Check them yourself: {titles}</source>
        <translation>其他合同中由图片生成的页面无法检索，将予保留，请自行查看：{titles}</translation>
    </message>
    <message>
        <source>Looking for presets with this person&apos;s data…</source>
        <translation>正在查找涉及此人的常用合同…</translation>
    </message>
    <message>
        <source>Presets to delete</source>
        <translation>一并删除的常用合同</translation>
    </message>
    <message>
        <source>The PDFs of these presets contain this person&apos;s data. Which ones do you want to delete?</source>
        <translation>以下常用合同的 PDF 中有此人信息。请勾选要一并删除的常用合同：</translation>
    </message>
    <message>
        <source>The person&apos;s name, ID number, mobile number, account and signing links are deleted from everything this program stores: contacts, drafts, presets, sent contracts, logs and backups. This can&apos;t be undone.</source>
        <translation>此人的姓名、证件号码、手机号、账号和签署链接，将从本程序保存的一切内容中清除：联系人、草稿、常用合同、已发起的合同、日志和备份。此操作无法撤销。</translation>
    </message>
    <message>
        <source>{name}: contains one of the numbers</source>
        <translation>{name}：含其号码</translation>
    </message>
    <message>
        <source>{name}: contains the same name</source>
        <translation>{name}：含相同姓名</translation>
    </message>
    <message>
        <source>• Sent contracts stay in the list without the name.
• The person is removed from drafts and presets and must be entered again. Files named after the person must be chosen again.
• Document copies that name the person are deleted. Image-only pages in contracts with this person, or in no contract, are deleted too.
• The open contract is saved as a draft and its history is lost.</source>
        <translation>• 已发起的合同仍在列表中，只是不再有姓名。
• 草稿和常用合同中不再有此人，需要重新填写；文件名含此人姓名的文件需要重新选择。
• 正文写有此人信息的文件副本将被删除；此人参与的合同中，以及不再属于任何合同的由图片生成的页面，也一并删除。
• 当前编辑的合同先存为草稿，其编辑历史将丢失。</translation>
    </message>
</context>
<context>
    <name>ForgettingController</name>
    <message>
        <source>Files you saved yourself were not deleted.</source>
        <translation>您自己保存的文件仍在原处。</translation>
    </message>
    <message>
        <source>The person&apos;s data has been deleted.</source>
        <translation>已清除此人信息。</translation>
    </message>
</context>
<context>
    <name>FormValues</name>
    <message>
        <source>Form values</source>
        <translation>表单内容</translation>
    </message>
</context>
<context>
    <name>GeneralForm</name>
    <message>
        <source>&amp;Download signed files when a contract is completed</source>
        <translation>全部签署完成后自动下载已签文件(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast (black)</source>
        <translation>高对比度（黑底）</translation>
    </message>
    <message>
        <source>High contrast (white)</source>
        <translation>高对比度（白底）</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>No subfolders</source>
        <translation>不分子文件夹</translation>
    </message>
    <message>
        <source>One folder for each customer</source>
        <translation>按客户分文件夹</translation>
    </message>
    <message>
        <source>One folder for each month, such as {month}</source>
        <translation>按月分文件夹，如 {month}</translation>
    </message>
    <message>
        <source>Reduce moti&amp;on</source>
        <translation>减少动态效果(&amp;O)</translation>
    </message>
    <message>
        <source>Signed files</source>
        <translation>已签文件</translation>
    </message>
    <message>
        <source>Subfolders for signed files</source>
        <translation>已签文件的子文件夹</translation>
    </message>
    <message>
        <source>T&amp;itle of contracts</source>
        <translation>合同标题(&amp;I)</translation>
    </message>
    <message>
        <source>Text si&amp;ze</source>
        <translation>文字大小(&amp;Z)</translation>
    </message>
    <message>
        <source>The&amp;me</source>
        <translation>外观(&amp;M)</translation>
    </message>
    <message>
        <source>Use system setting</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>contract</source>
        <translation>合同</translation>
    </message>
    <message>
        <source>customer</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>{contract} stands for the name of the first document, {customer} for the first party that is not one of ours. If the field is empty, contracts have the name of the first document. A title that you type in a contract is kept.</source>
        <translation>{contract}为第一个文件的名称，{customer}为第一个不是我方的签署方。留空时以第一个文件的名称为标题。在合同中另行输入的标题不变。</translation>
    </message>
    <message>
        <source>{contract}, or for example {contract} – {customer}</source>
        <translation>{contract}，或如 {contract} – {customer}</translation>
    </message>
</context>
<context>
    <name>GhostOverlay</name>
    <message>
        <source>Accept</source>
        <translation>采用</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>忽略</translation>
    </message>
    <message>
        <source>Enter accepts, Delete dismisses</source>
        <translation>按 Enter 采用，按 Delete 忽略</translation>
    </message>
    <message>
        <source>Proposed cross-page seal. Click to accept</source>
        <translation>建议的骑缝章，点击采用</translation>
    </message>
    <message>
        <source>“{label}” on page {number}. Click to accept</source>
        <translation>第 {number} 页“{label}”，点击采用</translation>
    </message>
</context>
<context>
    <name>HeadLine</name>
    <message numerus="yes">
        <source>%n customer(s) waiting</source>
        <translation>
            <numerusform>还有 %n 位客户等候</numerusform>
        </translation>
    </message>
    <message>
        <source>Counter</source>
        <translation>柜台</translation>
    </message>
    <message>
        <source>Customer&apos;s screen is blanked</source>
        <translation>客户屏已遮蔽</translation>
    </message>
    <message>
        <source>Customer&apos;s screen is not connected</source>
        <translation>未连接客户屏</translation>
    </message>
    <message>
        <source>Customer&apos;s screen is on</source>
        <translation>客户屏已就绪</translation>
    </message>
    <message>
        <source>Teller: {name}</source>
        <translation>柜员：{name}</translation>
    </message>
</context>
<context>
    <name>HeadingsBar</name>
    <message>
        <source>First row contains headings</source>
        <translation>首行是标题</translation>
    </message>
    <message>
        <source>First row is a contract</source>
        <translation>首行是一份合同</translation>
    </message>
    <message>
        <source>No headings were recognized in this sheet. If the first row is already a contract, click the button, because a heading row isn&apos;t sent.</source>
        <translation>未识别出该表格的任何标题。如果首行已是一份合同，请点击右侧按钮，否则首行作为标题，不会发起。</translation>
    </message>
    <message>
        <source>This sheet has no headings. Its first row is treated as a contract, and the columns were recognized by their contents. Check the columns.</source>
        <translation>该表格没有标题：首行与其他各行一样作为一份合同，各列按其内容识别。请核对各列。</translation>
    </message>
</context>
<context>
    <name>HeldSend</name>
    <message>
        <source>If it was created, its signers can see it: ask them before you send it again.</source>
        <translation>如果已经生成，签署方就能看到：请先问过签署方，再重新发起。</translation>
    </message>
    <message>
        <source>No one can see the contract yet, so it&apos;s safe to send again.</source>
        <translation>合同尚未对任何人可见，重新发起是安全的。</translation>
    </message>
    <message>
        <source>Sending may have continued there, so signers may see the contract: ask them before you send it again.</source>
        <translation>那台电脑可能已继续发起，签署方可能已看到合同：请先问过签署方，再重新发起。</translation>
    </message>
    <message>
        <source>The platform didn&apos;t confirm that the contract was created</source>
        <translation>未收到平台的发起结果</translation>
    </message>
    <message>
        <source>This contract was restored from another computer&apos;s backup</source>
        <translation>此合同从另一台电脑的备份恢复</translation>
    </message>
</context>
<context>
    <name>HintBubble</name>
    <message>
        <source>Got it</source>
        <translation>知道了</translation>
    </message>
</context>
<context>
    <name>HistoryList</name>
    <message>
        <source>History</source>
        <translation>历史记录</translation>
    </message>
    <message>
        <source>Initial state</source>
        <translation>最初状态</translation>
    </message>
    <message>
        <source>Undone; select to redo</source>
        <translation>已撤销；选择可重做</translation>
    </message>
</context>
<context>
    <name>ImagesDialog</name>
    <message>
        <source>A&amp;dd images…</source>
        <translation>添加图片(&amp;D)…</translation>
    </message>
    <message>
        <source>Add to contract</source>
        <translation>添加到合同</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Choose images</source>
        <translation>选择图片</translation>
    </message>
    <message>
        <source>Convert images to pages</source>
        <translation>图片转为页面</translation>
    </message>
    <message>
        <source>Creating pages…</source>
        <translation>正在生成页面…</translation>
    </message>
    <message>
        <source>Document &amp;name</source>
        <translation>文件名称(&amp;N)</translation>
    </message>
    <message>
        <source>Each image becomes an A4 page. Drag pages into order, or use the buttons.</source>
        <translation>每张图片占一个 A4 页面。可拖动调整顺序，或使用右侧按钮。</translation>
    </message>
    <message>
        <source>Move &amp;up</source>
        <translation>上移(&amp;U)</translation>
    </message>
    <message>
        <source>Move d&amp;own</source>
        <translation>下移(&amp;O)</translation>
    </message>
    <message>
        <source>Page {number}</source>
        <translation>第 {number} 页</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Pasted image</source>
        <translation>粘贴的图片</translation>
    </message>
    <message>
        <source>Re&amp;move</source>
        <translation>移除(&amp;M)</translation>
    </message>
    <message>
        <source>Reading “{name}”…</source>
        <translation>正在读取“{name}”…</translation>
    </message>
    <message>
        <source>Turn &amp;left</source>
        <translation>向左旋转(&amp;L)</translation>
    </message>
    <message>
        <source>Turn &amp;right</source>
        <translation>向右旋转(&amp;R)</translation>
    </message>
    <message>
        <source>{width} × {height} pixels</source>
        <translation>{width} × {height} 像素</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message numerus="yes">
        <source>%n entry(s) of the file couldn&apos;t be read.</source>
        <translation>
            <numerusform>文件中有 %n 条记录无法读取。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) read…</source>
        <translation>
            <numerusform>已读取 %n 行…</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Read</source>
        <translation>读取(&amp;R)</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Can&apos;t be imported</source>
        <translation>无法导入</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Contacts in the file</source>
        <translation>文件中的联系人</translation>
    </message>
    <message numerus="yes">
        <source>Import %n contact(s)</source>
        <translation>
            <numerusform>导入 %n 个联系人</numerusform>
        </translation>
    </message>
    <message>
        <source>Import contacts</source>
        <translation>导入联系人</translation>
    </message>
    <message>
        <source>Import without numbers</source>
        <translation>导入（不含号码）</translation>
    </message>
    <message>
        <source>Importing…</source>
        <translation>正在导入…</translation>
    </message>
    <message>
        <source>Needs a choice</source>
        <translation>需选择</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>Several worksheets contain rows. Which one contains the contacts?</source>
        <translation>多个工作表中有数据，请选择联系人所在的工作表。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>Unchanged</source>
        <translation>无变化</translation>
    </message>
    <message>
        <source>Unrecognized columns won&apos;t be imported: {names}.</source>
        <translation>以下列无法识别，不会导入：{names}。</translation>
    </message>
    <message>
        <source>Updated</source>
        <translation>更新</translation>
    </message>
</context>
<context>
    <name>ImportRows</name>
    <message>
        <source>Added</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>Another row has the same ID number but different data.</source>
        <translation>另有一行证件号码相同，但内容不同。</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Not imported</source>
        <translation>不导入</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>处理</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Row {row} has the same ID number but different data. Select to use this row instead.</source>
        <translation>第 {row} 行证件号码相同，但内容不同。勾选则改用本行。</translation>
    </message>
    <message>
        <source>This ID number belongs to {name} in Contacts. Select to keep both.</source>
        <translation>联系人中该证件号码属于{name}。勾选则两者都保留。</translation>
    </message>
    <message>
        <source>Unchanged</source>
        <translation>无变化</translation>
    </message>
    <message>
        <source>Updated</source>
        <translation>更新</translation>
    </message>
</context>
<context>
    <name>ImportSheet</name>
    <message>
        <source>&amp;Import</source>
        <translation>导入(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Replace existing</source>
        <translation>替换本机常用合同(&amp;R)</translation>
    </message>
    <message>
        <source>According to the file, {maker} created the preset on {moment}.</source>
        <translation>据文件记载，由 {maker} 于 {moment} 创建。</translation>
    </message>
    <message>
        <source>According to the file, {maker} created the preset; no date is given.</source>
        <translation>据文件记载，由 {maker} 创建，未注明时间。</translation>
    </message>
    <message>
        <source>After signing, customers are redirected to {address}</source>
        <translation>签署后，客户将被引导至 {address}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>F{key} at the counter sends the preset you choose here.</source>
        <translation>柜台 F{key} 将按此处的选择发起。</translation>
    </message>
    <message>
        <source>Import preset</source>
        <translation>导入常用合同</translation>
    </message>
    <message>
        <source>Import “{name}”?</source>
        <translation>是否导入“{name}”？</translation>
    </message>
    <message>
        <source>In file</source>
        <translation>文件中</translation>
    </message>
    <message>
        <source>Keep &amp;both</source>
        <translation>两者都保留(&amp;B)</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>本机现有</translation>
    </message>
    <message>
        <source>These parties sign every contract automatically: {names}</source>
        <translation>以下各方将自动签署每份合同：{names}</translation>
    </message>
    <message>
        <source>unknown author</source>
        <translation>未署名</translation>
    </message>
    <message>
        <source>“{name}” already exists. Which one do you want to keep?</source>
        <translation>本机已有“{name}”。请对照后选择。</translation>
    </message>
</context>
<context>
    <name>IncomingFiles</name>
    <message>
        <source>Compare the pages. Replaced fonts: {fonts}</source>
        <translation>请核对页面。已替换的字体：{fonts}</translation>
    </message>
    <message numerus="yes">
        <source>This computer lacks %n font(s) of the document. The pages can differ from the original.</source>
        <translation>
            <numerusform>这台电脑缺少文件所用的 %n 种字体，页面可能与原文件不同。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>InterruptedRunBar</name>
    <message>
        <source>Continue sending</source>
        <translation>继续发起</translation>
    </message>
    <message>
        <source>Don&apos;t ask again; you can still drop the sheet here later</source>
        <translation>不再提示；以后仍可将表格拖入此处</translation>
    </message>
    <message>
        <source>Don&apos;t continue</source>
        <translation>不再继续</translation>
    </message>
    <message>
        <source>“{sheet}” was not completely sent on {moment}: {sent} of {total} sent.</source>
        <translation>“{sheet}”于 {moment} 未全部发起：共 {total} 份，已发起 {sent} 份。</translation>
    </message>
</context>
<context>
    <name>InterruptedWork</name>
    <message numerus="yes">
        <source>%n contract(s) not completely sent.</source>
        <translation>
            <numerusform>有 %n 份合同尚未发起完成。</numerusform>
        </translation>
    </message>
    <message>
        <source>Continue in Bulk; no one receives a contract twice.</source>
        <translation>可在“批量”中继续；不会有人收到两份。</translation>
    </message>
    <message>
        <source>Continue or cancel these contracts in Track.</source>
        <translation>请在“跟踪”中继续发起或取消。</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>“{sheet}” was not completely sent.</source>
        <translation>“{sheet}”未全部发起。</translation>
    </message>
</context>
<context>
    <name>ItemList</name>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>上移</translation>
    </message>
</context>
<context>
    <name>KeyChoice</name>
    <message>
        <source>F{key}, now {name}</source>
        <translation>F{key}，现为：{name}</translation>
    </message>
    <message>
        <source>No key</source>
        <translation>不设快捷键</translation>
    </message>
</context>
<context>
    <name>KeyListDialog</name>
    <message>
        <source>Accept or dismiss the proposal selected with Tab</source>
        <translation>采用或忽略用 Tab 选中的建议</translation>
    </message>
    <message>
        <source>Alt while dragging</source>
        <translation>拖动时按住 Alt</translation>
    </message>
    <message>
        <source>Back to the selection tool</source>
        <translation>返回选择工具</translation>
    </message>
    <message>
        <source>Change signer of selected seals</source>
        <translation>将所选印章更换为该签署方</translation>
    </message>
    <message>
        <source>Ctrl+wheel</source>
        <translation>Ctrl+滚轮</translation>
    </message>
    <message>
        <source>Don&apos;t snap to nearby lines</source>
        <translation>不吸附到附近的线</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>全局</translation>
    </message>
    <message>
        <source>First or last page</source>
        <translation>首页或末页</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Make smaller or larger</source>
        <translation>缩小或放大</translation>
    </message>
    <message>
        <source>Move by 1 point (with Shift: by 10)</source>
        <translation>移动 1 点，按住 Shift 移动 10 点</translation>
    </message>
    <message>
        <source>Move page</source>
        <translation>平移页面</translation>
    </message>
    <message>
        <source>Next seal or proposal (with Shift: previous)</source>
        <translation>下一处印章或建议，加 Shift 为上一处</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Previous problem</source>
        <translation>上一个问题</translation>
    </message>
    <message>
        <source>Seals</source>
        <translation>印章</translation>
    </message>
    <message>
        <source>Space+drag</source>
        <translation>空格+拖动</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Zoom at pointer</source>
        <translation>以指针处为中心缩放</translation>
    </message>
</context>
<context>
    <name>KeywordBar</name>
    <message numerus="yes">
        <source>%n match(es), finding their positions…</source>
        <translation>
            <numerusform>%n 处，正在读取位置…</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Keyword</source>
        <translation>关键字(&amp;K)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Keyword</source>
        <translation>关键字</translation>
    </message>
    <message numerus="yes">
        <source>Place %n fixed seal(s)</source>
        <translation>
            <numerusform>盖 %n 枚固定印章</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Place %n seal(s)</source>
        <translation>
            <numerusform>确认盖 %n 枚印章</numerusform>
        </translation>
    </message>
    <message>
        <source>Place at fixed positions</source>
        <translation>转为坐标盖章</translation>
    </message>
    <message>
        <source>Place seals</source>
        <translation>确认盖章</translation>
    </message>
    <message>
        <source>Places a fixed seal at each current match. You can move or remove each one.</source>
        <translation>在当前各匹配处放置固定坐标的印章，可逐个移动或取舍。</translation>
    </message>
    <message>
        <source>Search for “{text}”</source>
        <translation>查找“{text}”</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>Text in documents</source>
        <translation>文件中的文字</translation>
    </message>
    <message>
        <source>Text on scanned pages was recognized on this computer. The platform finds no text there, so these seals get fixed positions. Check the positions.</source>
        <translation>扫描页的文字由机器识别，平台在这些页上找不到文字，因此印章将成为固定印章，请核对位置。</translation>
    </message>
    <message>
        <source>The document&apos;s spelling is “{spelling}”, which differs from what you entered. The platform may find only the document&apos;s spelling.</source>
        <translation>文件的原文为“{spelling}”，与输入的字符不同，平台可能只认文件中的写法。</translation>
    </message>
    <message>
        <source>The platform may limit keywords to {count} characters.</source>
        <translation>平台的关键字可能最多 {count} 个字符。</translation>
    </message>
    <message>
        <source>The platform places a seal at every match. If you leave out some matches, the others get fixed positions.</source>
        <translation>平台会在每一处匹配盖章；略去部分后，其余将成为固定印章。</translation>
    </message>
    <message>
        <source>Use the document&apos;s spelling</source>
        <translation>改用文件中的写法</translation>
    </message>
    <message>
        <source>{name}, page {page}: “{context}”</source>
        <translation>{name} 第 {page} 页的原文为“{context}”</translation>
    </message>
    <message>
        <source>{name}: couldn&apos;t be searched.</source>
        <translation>{name}：无法查找。</translation>
    </message>
    <message>
        <source>{name}: not found.</source>
        <translation>{name}：未找到。</translation>
    </message>
    <message>
        <source>{name}: not found; page {pages} is a scan without text.</source>
        <translation>{name}：未找到；第 {pages} 页是没有文字层的扫描页。</translation>
    </message>
    <message>
        <source>{name}: scan without text, so keywords can&apos;t be found. Place seals by clicking.</source>
        <translation>{name}：扫描件没有文字层，无法查找关键字，请点击放置印章。</translation>
    </message>
</context>
<context>
    <name>KeywordHitList</name>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n 处</numerusform>
        </translation>
    </message>
    <message>
        <source>Matches</source>
        <translation>匹配处</translation>
    </message>
    <message>
        <source>p. {page}   {context}</source>
        <translation>第 {page} 页   {context}</translation>
    </message>
    <message>
        <source>p. {page} · recognized text   {context}</source>
        <translation>第 {page} 页 · 机器识别   {context}</translation>
    </message>
</context>
<context>
    <name>LengthBox</name>
    <message>
        <source>In mm or pt. To use the other unit, enter it after the number.</source>
        <translation>可用毫米或磅：在数字后输入 mm 或 pt 即可换用另一单位</translation>
    </message>
</context>
<context>
    <name>Lists</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
</context>
<context>
    <name>LockPane</name>
    <message>
        <source>Choose a new PIN, then press Enter.</source>
        <translation>请设置新的 PIN 码，然后按 Enter</translation>
    </message>
    <message>
        <source>Enter the new PIN again, then press Enter.</source>
        <translation>请再次输入新 PIN 码，然后按 Enter</translation>
    </message>
    <message>
        <source>Incorrect PIN.</source>
        <translation>PIN 码不正确。</translation>
    </message>
    <message>
        <source>Locked.</source>
        <translation>已锁定。</translation>
    </message>
    <message>
        <source>Locked. Enter the PIN, then press Enter.</source>
        <translation>已锁定，请输入 PIN 码后按 Enter</translation>
    </message>
    <message>
        <source>Locked. Press Ctrl+L to unlock.</source>
        <translation>已锁定，按 Ctrl+L 解锁</translation>
    </message>
    <message>
        <source>PIN</source>
        <translation>PIN 码</translation>
    </message>
    <message>
        <source>Teller</source>
        <translation>柜员</translation>
    </message>
    <message>
        <source>The PINs don&apos;t match. Enter the new PIN twice.</source>
        <translation>两次输入不一致，请重新输入新 PIN 码。</translation>
    </message>
    <message>
        <source>↑ ↓ choose teller</source>
        <translation>↑ ↓ 选择柜员</translation>
    </message>
</context>
<context>
    <name>MadePane</name>
    <message numerus="yes">
        <source>%n field(s) don&apos;t match what you entered.</source>
        <translation>
            <numerusform>有 %n 项内容未出现在应有的位置。</numerusform>
        </translation>
    </message>
    <message>
        <source>As created by the platform</source>
        <translation>平台生成的文件</translation>
    </message>
    <message>
        <source>As entered here</source>
        <translation>在此填写的内容</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>No one has seen the document yet. Continue only if it&apos;s correct.</source>
        <translation>尚无人看到：确认无误后再继续。</translation>
    </message>
    <message>
        <source>Pages that don&apos;t match the file you added: {pages}.</source>
        <translation>以下页与所添加的文件不一致：第 {pages} 页。</translation>
    </message>
    <message>
        <source>The document couldn&apos;t be compared.</source>
        <translation>无法比对。</translation>
    </message>
    <message>
        <source>The document couldn&apos;t be downloaded.</source>
        <translation>无法取得该文件。</translation>
    </message>
    <message>
        <source>The document has {count} pages; expected {expected}.</source>
        <translation>共 {count} 页，应为 {expected} 页。</translation>
    </message>
    <message>
        <source>The platform&apos;s document matches what you entered. No one has seen the document yet.</source>
        <translation>平台生成的文件与您填写的一致。尚无人看到。</translation>
    </message>
    <message>
        <source>Values entered</source>
        <translation>填写的内容</translation>
    </message>
    <message>
        <source>matches</source>
        <translation>与填写一致</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>未出现</translation>
    </message>
    <message>
        <source>{label}: {value}</source>
        <translation>{label}：{value}</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>A contract is being sent.</source>
        <translation>正在发起合同。</translation>
    </message>
    <message>
        <source>A sheet is being sent.</source>
        <translation>正在批量发起。</translation>
    </message>
    <message>
        <source>Choose PDFs or images</source>
        <translation>选择 PDF 或图片</translation>
    </message>
    <message>
        <source>Close anyway</source>
        <translation>仍然关闭</translation>
    </message>
    <message>
        <source>Close without saving</source>
        <translation>不保存并关闭</translation>
    </message>
    <message>
        <source>Discard and close</source>
        <translation>放弃并关闭</translation>
    </message>
    <message>
        <source>Discard and restart</source>
        <translation>放弃并重启</translation>
    </message>
    <message>
        <source>Enter secret</source>
        <translation>输入密钥</translation>
    </message>
    <message>
        <source>Enter the project secret before you send a contract.</source>
        <translation>发起合同之前需要输入项目密钥。</translation>
    </message>
    <message>
        <source>If you close now, you can continue in Bulk next time.</source>
        <translation>如果现在关闭，下次可在“批量”中继续。</translation>
    </message>
    <message>
        <source>If you close now, you can continue in Track next time.</source>
        <translation>若现在关闭，请在下次启动后到“跟踪”中继续发起。</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>Reinstall the program. In a source checkout, run packaging/strings.py --compile.</source>
        <translation>请重新安装程序；若为源码目录，请运行 packaging/strings.py --compile。</translation>
    </message>
    <message>
        <source>Restart now</source>
        <translation>立即重启</translation>
    </message>
    <message>
        <source>Restart when this is finished. Until then, the language doesn&apos;t change.</source>
        <translation>请在结束后再重启；在此之前语言保持不变。</translation>
    </message>
    <message>
        <source>The contract is saved. After the restart, you will return to where you are now.</source>
        <translation>合同已保存，重启后回到当前位置。</translation>
    </message>
    <message>
        <source>The language changes when you restart the program.</source>
        <translation>语言在程序重新启动后生效。</translation>
    </message>
    <message>
        <source>The program can&apos;t restart while something is being sent or the counter is open.</source>
        <translation>正在发起或柜台打开时，程序不能重新启动。</translation>
    </message>
    <message>
        <source>The text size changes when you restart the program.</source>
        <translation>文字大小将在重新启动程序后生效。</translation>
    </message>
    <message>
        <source>The translations for your language are missing, so the program is shown in English.</source>
        <translation>缺少所选语言的文本，程序以英文显示。</translation>
    </message>
    <message>
        <source>esign-desktop</source>
        <translation>电子签桌面</translation>
    </message>
</context>
<context>
    <name>Managing</name>
    <message>
        <source>Line {number} of the log doesn&apos;t match the ledger.</source>
        <translation>台账中第 {number} 条日志的校验码与现有日志不一致。</translation>
    </message>
    <message>
        <source>Secret of project {project}: </source>
        <translation>项目 {project} 的密钥：</translation>
    </message>
    <message>
        <source>The secret of project {project} ({environment}) is stored in the keyring.</source>
        <translation>项目 {project}（{environment}）的密钥已存入系统密钥环。</translation>
    </message>
    <message>
        <source>address: not specified, so users choose the platform.</source>
        <translation>address：未指定，由用户自行填写平台地址。</translation>
    </message>
    <message>
        <source>project: not specified, so users choose the project.</source>
        <translation>project：未指定，由用户自行填写项目。</translation>
    </message>
    <message>
        <source>{path} has been written. It contains no personal data or secrets.</source>
        <translation>已写入 {path}，其中不含个人信息和密钥。</translation>
    </message>
    <message>
        <source>{path} is valid. Place it at {place} to put it into effect.</source>
        <translation>{path} 可以使用。放在 {place} 即生效。</translation>
    </message>
    <message>
        <source>{place}: this folder doesn&apos;t exist on this computer: {path}</source>
        <translation>{place}：本机没有此文件夹：{path}</translation>
    </message>
</context>
<context>
    <name>ManualWindow</name>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Manual</source>
        <translation>使用手册</translation>
    </message>
    <message>
        <source>Manual pages</source>
        <translation>手册目录</translation>
    </message>
    <message>
        <source>Open in browser</source>
        <translation>在浏览器中打开</translation>
    </message>
    <message>
        <source>Print the manual, or read it in larger type</source>
        <translation>便于打印或放大阅读</translation>
    </message>
    <message>
        <source>Search manual</source>
        <translation>在手册中查找</translation>
    </message>
    <message>
        <source>Search manual (Enter: next)</source>
        <translation>在手册中查找（Enter：下一处）</translation>
    </message>
    <message>
        <source>The manual is missing. Reinstall the program. In a source checkout, run packaging/manual.py.</source>
        <translation>缺少使用手册：请重新安装程序。在源码目录中请运行 packaging/manual.py。</translation>
    </message>
</context>
<context>
    <name>MenuBar</name>
    <message>
        <source>&amp;Drafts</source>
        <translation>草稿(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>外观(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>查看(&amp;V)</translation>
    </message>
    <message>
        <source>Arran&amp;ge</source>
        <translation>排列(&amp;G)</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast (black)</source>
        <translation>高对比度（黑底）</translation>
    </message>
    <message>
        <source>High contrast (white)</source>
        <translation>高对比度（白底）</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>最近打开(&amp;R)</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>Use system setting</source>
        <translation>跟随系统</translation>
    </message>
</context>
<context>
    <name>MenuCard</name>
    <message>
        <source>F2 edits, Delete removes, the Menu key shows more actions</source>
        <translation>按 F2 修改，按 Delete 删除，按菜单键查看其他操作</translation>
    </message>
</context>
<context>
    <name>MergeSheet</name>
    <message>
        <source>&amp;Merge</source>
        <translation>合并(&amp;M)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Merge these two contacts?</source>
        <translation>将这两个联系人合并为一个？</translation>
    </message>
    <message>
        <source>Merge two contacts</source>
        <translation>合并联系人</translation>
    </message>
    <message>
        <source>The remaining contact gets the contracts, accounts and organizations of both, plus any details it lacks. This can&apos;t be undone.</source>
        <translation>两者的合同、账号和所代表的企业归入保留的联系人，其缺少的信息由另一个补足。合并后不能撤销。</translation>
    </message>
    <message>
        <source>Which account should be used from now on? ({environment})</source>
        <translation>今后使用哪个账号？（{environment}）</translation>
    </message>
    <message>
        <source>Which name should be kept?</source>
        <translation>保留哪个姓名？</translation>
    </message>
</context>
<context>
    <name>Merging</name>
    <message numerus="yes">
        <source>%n file(s) couldn&apos;t be merged.</source>
        <translation>
            <numerusform>%n 份文件未能合并。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n signed file(s) merged.</source>
        <translation>
            <numerusform>已合并 %n 份已签文件。</numerusform>
        </translation>
    </message>
    <message>
        <source>Merge signed files</source>
        <translation>合并已签文件</translation>
    </message>
    <message>
        <source>Merging was stopped. No file was written.</source>
        <translation>已停止合并，没有写出文件。</translation>
    </message>
    <message>
        <source>Merging: contract {number} of {count}</source>
        <translation>正在合并：第 {number} 份，共 {count} 份</translation>
    </message>
    <message>
        <source>Merging…</source>
        <translation>正在合并…</translation>
    </message>
    <message>
        <source>Nothing to merge yet: no one has signed.</source>
        <translation>还没有可合并的文件：尚无人签署。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>The merged file has no digital signatures. Keep the signed files.</source>
        <translation>合并后的文件不含数字签名，请保留原来的已签文件。</translation>
    </message>
</context>
<context>
    <name>MessageRow</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>另有 %n 条</numerusform>
        </translation>
    </message>
    <message>
        <source>Close message</source>
        <translation>关闭消息</translation>
    </message>
    <message>
        <source>Copy details for support</source>
        <translation>复制详情供技术支持使用</translation>
    </message>
    <message>
        <source>Show next message</source>
        <translation>查看下一条消息</translation>
    </message>
</context>
<context>
    <name>Moments</name>
    <message>
        <source>d MMMM</source>
        <comment>date layout of Qt, without the year</comment>
        <translation>M 月 d 日</translation>
    </message>
    <message>
        <source>d MMMM yyyy</source>
        <comment>date layout of Qt</comment>
        <translation>yyyy 年 M 月 d 日</translation>
    </message>
</context>
<context>
    <name>MoreButton</name>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>OfferBar</name>
    <message numerus="yes">
        <source>%n more difference(s).</source>
        <translation>
            <numerusform>另有 %n 处不同。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seal(s) can&apos;t be placed: the words next to them are missing.</source>
        <translation>
            <numerusform>%n 枚印章未放置：未找到其旁边的文字。</numerusform>
        </translation>
    </message>
    <message>
        <source>Matches the preset “{name}”.</source>
        <translation>已识别为常用合同“{name}”。</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>暂不使用</translation>
    </message>
    <message>
        <source>Same form as a contract sent on {date}.</source>
        <translation>与 {date}发起的合同同一格式。</translation>
    </message>
    <message>
        <source>Same form as the contract sent to {name} on {date}.</source>
        <translation>与 {date}发给 {name} 的合同同一格式。</translation>
    </message>
    <message>
        <source>Same forms as the {count} documents of a contract sent on {date}.</source>
        <translation>{count} 份文件均与 {date}发起的合同同一格式。</translation>
    </message>
    <message>
        <source>Same forms as the {count} documents of the contract sent to {name} on {date}.</source>
        <translation>{count} 份文件均与 {date}发给 {name} 的合同同一格式。</translation>
    </message>
    <message>
        <source>Use last layout (Enter)</source>
        <translation>按上次布置（Enter）</translation>
    </message>
    <message>
        <source>Use preset</source>
        <translation>使用常用合同</translation>
    </message>
    <message>
        <source>“{name}”: {sentence}</source>
        <translation>“{name}”：{sentence}</translation>
    </message>
</context>
<context>
    <name>Opening</name>
    <message>
        <source>No program on this computer opened “{name}”. The file is in {folder}.</source>
        <translation>本机没有可打开“{name}”的程序。该文件位于 {folder}。</translation>
    </message>
    <message>
        <source>The browser couldn&apos;t be opened. Copy the link and open it in a browser yourself.</source>
        <translation>无法打开浏览器。请复制链接，自行在浏览器中打开。</translation>
    </message>
</context>
<context>
    <name>OpeningCard</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Converting to PDF…</source>
        <translation>正在转换为 PDF…</translation>
    </message>
    <message>
        <source>Converting {name} to PDF…</source>
        <translation>正在将 {name} 转换为 PDF…</translation>
    </message>
    <message>
        <source>Opening {name}…</source>
        <translation>正在打开“{name}”…</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
</context>
<context>
    <name>OptionWords</name>
    <message>
        <source>Alipay</source>
        <translation>支付宝</translation>
    </message>
    <message>
        <source>SMS</source>
        <translation>短信</translation>
    </message>
    <message>
        <source>WeChat</source>
        <translation>微信</translation>
    </message>
    <message>
        <source>browser</source>
        <translation>浏览器</translation>
    </message>
    <message>
        <source>due {moment}</source>
        <translation>{moment} 截止</translation>
    </message>
    <message>
        <source>email</source>
        <translation>邮件</translation>
    </message>
    <message>
        <source>no deadline</source>
        <translation>不限期</translation>
    </message>
    <message>
        <source>no notice</source>
        <translation>不通知</translation>
    </message>
</context>
<context>
    <name>OptionsPanel</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n 天</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n 分钟</numerusform>
        </translation>
    </message>
    <message>
        <source>After signing</source>
        <translation>跳转地址</translation>
    </message>
    <message>
        <source>Choose from Contacts…</source>
        <translation>从联系人选择…</translation>
    </message>
    <message>
        <source>Choose initiator</source>
        <translation>由谁发起？</translation>
    </message>
    <message>
        <source>Choose initiator from Contacts…</source>
        <translation>从联系人选择发起方…</translation>
    </message>
    <message>
        <source>Choose payer</source>
        <translation>由谁付费？</translation>
    </message>
    <message>
        <source>Choose payer from Contacts…</source>
        <translation>从联系人选择付费方…</translation>
    </message>
    <message>
        <source>Initiated by</source>
        <translation>发起方</translation>
    </message>
    <message>
        <source>Limit archiving</source>
        <translation>限定存档期限</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Notify by</source>
        <translation>通知方式</translation>
    </message>
    <message>
        <source>Our account</source>
        <translation>我方账号</translation>
    </message>
    <message>
        <source>Paid by</source>
        <translation>付费方</translation>
    </message>
    <message>
        <source>Sign with</source>
        <translation>签署方式</translation>
    </message>
    <message>
        <source>Sign within</source>
        <translation>签署期限</translation>
    </message>
    <message>
        <source>at</source>
        <translation>截止于</translation>
    </message>
    <message>
        <source>fixed time</source>
        <translation>指定时间</translation>
    </message>
    <message>
        <source>no deadline</source>
        <translation>不限期</translation>
    </message>
    <message>
        <source>opened after signing; optional</source>
        <translation>签署完成后打开，选填</translation>
    </message>
    <message>
        <source>until</source>
        <translation>存档至</translation>
    </message>
</context>
<context>
    <name>OptionsPopup</name>
    <message>
        <source>Options</source>
        <translation>签署选项</translation>
    </message>
</context>
<context>
    <name>OrganizationFields</name>
    <message>
        <source>Email</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>Legal representative</source>
        <translation>法定代表人</translation>
    </message>
    <message>
        <source>Name, pinyin, initials or last digits of a contact; or name, registration number and representative in any order</source>
        <translation>输入联系人的名称、拼音、首字母或尾号；也可按任意顺序输入名称、证照号码和经办人</translation>
    </message>
    <message>
        <source>Organization</source>
        <translation>企业名称</translation>
    </message>
    <message>
        <source>Registration number</source>
        <translation>证照号码</translation>
    </message>
    <message>
        <source>Registration type</source>
        <translation>证照类型</translation>
    </message>
    <message>
        <source>Their ID number</source>
        <translation>其证件号码</translation>
    </message>
    <message>
        <source>Their ID type</source>
        <translation>其证件类型</translation>
    </message>
    <message>
        <source>Your reference</source>
        <translation>内部编号</translation>
    </message>
    <message>
        <source>e.g. customer number</source>
        <translation>如客户编号</translation>
    </message>
    <message>
        <source>find by name, or paste a line</source>
        <translation>输入名称查找，或粘贴整行</translation>
    </message>
    <message>
        <source>has platform account</source>
        <translation>已有平台账号</translation>
    </message>
    <message>
        <source>no platform account yet</source>
        <translation>尚无平台账号</translation>
    </message>
    <message>
        <source>optional</source>
        <translation>选填</translation>
    </message>
</context>
<context>
    <name>OrganizationRules</name>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n 个文件</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s), for corrections</source>
        <translation>
            <numerusform>%n 小时，供更正时使用</numerusform>
        </translation>
    </message>
    <message>
        <source>Allowed shared presets</source>
        <translation>允许的共享常用合同</translation>
    </message>
    <message>
        <source>Audit log checksum</source>
        <translation>操作记录校验码</translation>
    </message>
    <message>
        <source>Counter</source>
        <translation>柜台</translation>
    </message>
    <message>
        <source>Counter locks</source>
        <translation>柜台锁定</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>数据文件夹</translation>
    </message>
    <message>
        <source>Field values are kept</source>
        <translation>填写内容保留</translation>
    </message>
    <message>
        <source>Forms of sent contracts</source>
        <translation>已发合同的格式</translation>
    </message>
    <message>
        <source>Legally binding contracts</source>
        <translation>有法律效力的合同</translation>
    </message>
    <message>
        <source>Log level</source>
        <translation>日志级别</translation>
    </message>
    <message>
        <source>Numbers of each day are written to</source>
        <translation>每日数字写入</translation>
    </message>
    <message>
        <source>PIN</source>
        <translation>PIN 码</translation>
    </message>
    <message>
        <source>Presets on function keys</source>
        <translation>功能键上的常用合同</translation>
    </message>
    <message>
        <source>Results are appended to</source>
        <translation>结果追加到</translation>
    </message>
    <message>
        <source>Shared presets</source>
        <translation>共享常用合同</translation>
    </message>
    <message>
        <source>System log</source>
        <translation>系统日志</translation>
    </message>
    <message>
        <source>Tellers</source>
        <translation>柜员</translation>
    </message>
    <message>
        <source>Tellers&apos; PINs</source>
        <translation>柜员 PIN 码</translation>
    </message>
    <message numerus="yes">
        <source>after %n minute(s) of inactivity</source>
        <translation>
            <numerusform>无人使用 %n 分钟后</numerusform>
        </translation>
    </message>
    <message>
        <source>are not remembered</source>
        <translation>不保留</translation>
    </message>
    <message numerus="yes">
        <source>at least %n digit(s)</source>
        <translation>
            <numerusform>至少 %n 位</numerusform>
        </translation>
    </message>
    <message>
        <source>can be changed only by the administrator</source>
        <translation>仅由管理员更改</translation>
    </message>
    <message numerus="yes">
        <source>must be changed after %n day(s)</source>
        <translation>
            <numerusform>满 %n 天须更换</numerusform>
        </translation>
    </message>
    <message>
        <source>require a second teller&apos;s PIN in Review and Bulk</source>
        <translation>从核对页或批量发起须另一柜员输入 PIN 码</translation>
    </message>
    <message>
        <source>stays locked until a teller signs in</source>
        <translation>须由柜员登录后方可使用</translation>
    </message>
</context>
<context>
    <name>OtherSize</name>
    <message>
        <source>Another size</source>
        <translation>其他大小</translation>
    </message>
    <message>
        <source>Keep in &amp;list</source>
        <translation>保留在列表中(&amp;L)</translation>
    </message>
    <message>
        <source>Seal &amp;width</source>
        <translation>印章宽度(&amp;W)</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
</context>
<context>
    <name>Overview</name>
    <message>
        <source>Backup late (hours)</source>
        <translation>备份滞后（小时）</translation>
    </message>
    <message>
        <source>Counter</source>
        <translation>柜台</translation>
    </message>
    <message>
        <source>Days</source>
        <translation>天数</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境</translation>
    </message>
    <message>
        <source>Expired</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Institution</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Last written</source>
        <translation>最后写入</translation>
    </message>
    <message>
        <source>Not included, because the file can&apos;t be read: {name} ({reason})</source>
        <translation>未计入，文件无法读取：{name}（{reason}）</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Revoked</source>
        <translation>已撤回</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>发起</translation>
    </message>
    <message>
        <source>Signed</source>
        <translation>已签</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>合计</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>待签</translation>
    </message>
</context>
<context>
    <name>OwnPriceField</name>
    <message>
        <source>Contracts in the plan</source>
        <translation>套餐份数</translation>
    </message>
    <message>
        <source>Enter both values. Until then, ¥{each} per contract is assumed.</source>
        <translation>请填写两项；填写前按每份 ¥{each} 估算</translation>
    </message>
    <message>
        <source>Plan price in yuan</source>
        <translation>套餐价格（元）</translation>
    </message>
    <message>
        <source>contracts</source>
        <translation>份合同</translation>
    </message>
    <message>
        <source>for</source>
        <translation>共</translation>
    </message>
    <message>
        <source>¥{each} each</source>
        <translation>每份 ¥{each}</translation>
    </message>
</context>
<context>
    <name>PageParts</name>
    <message>
        <source>Couldn&apos;t display this page</source>
        <translation>这一页无法显示</translation>
    </message>
</context>
<context>
    <name>PageScrollArea</name>
    <message>
        <source>1 page</source>
        <translation>1 页</translation>
    </message>
    <message>
        <source>Page {page} of {count}, {name}</source>
        <translation>“{name}”第 {page} 页，共 {count} 页</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>{count} pages</source>
        <translation>{count} 页</translation>
    </message>
</context>
<context>
    <name>PagesChooser</name>
    <message>
        <source>Add pages</source>
        <translation>添加页面</translation>
    </message>
    <message numerus="yes">
        <source>Adds %n page(s)</source>
        <translation>
            <numerusform>将增加 %n 页</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Pages to add</source>
        <translation>要添加的页</translation>
    </message>
    <message>
        <source>Pages to add:</source>
        <translation>要添加的页：</translation>
    </message>
    <message>
        <source>e.g. 1-3,5</source>
        <translation>如 1-3,5</translation>
    </message>
    <message numerus="yes">
        <source>“{name}” has %n page(s).</source>
        <translation>
            <numerusform>“{name}”共 %n 页。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PagesView</name>
    <message>
        <source>Click to try again</source>
        <translation>点击重试</translation>
    </message>
    <message>
        <source>Couldn&apos;t display this page</source>
        <translation>这一页无法显示</translation>
    </message>
</context>
<context>
    <name>Party</name>
    <message>
        <source>Checked</source>
        <translation>已核对</translation>
    </message>
    <message>
        <source>Checked: {name}</source>
        <translation>已核对：{name}</translation>
    </message>
</context>
<context>
    <name>PartyDots</name>
    <message numerus="yes">
        <source>%n seal(s)</source>
        <translation>
            <numerusform>%n 枚印章</numerusform>
        </translation>
    </message>
    <message>
        <source>no seal</source>
        <translation>无印章</translation>
    </message>
    <message>
        <source>places the seal themselves</source>
        <translation>自行放置印章</translation>
    </message>
    <message>
        <source>{signer}: {seals}</source>
        <translation>{signer}：{seals}</translation>
    </message>
</context>
<context>
    <name>PartyFields</name>
    <message>
        <source>Edit</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Look up your reference (thirdId) on the platform</source>
        <translation>在平台按内部编号（thirdId）查找</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>has platform account</source>
        <translation>已有平台账号</translation>
    </message>
</context>
<context>
    <name>PartyForm</name>
    <message>
        <source>Email</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>ID type</source>
        <translation>证件类型</translation>
    </message>
    <message>
        <source>Legal representative</source>
        <translation>法定代表人</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>Organization</source>
        <translation>企业</translation>
    </message>
    <message>
        <source>Organization&apos;s email</source>
        <translation>企业邮箱</translation>
    </message>
    <message>
        <source>Registration number</source>
        <translation>证照号码</translation>
    </message>
    <message>
        <source>Registration type</source>
        <translation>证照类型</translation>
    </message>
    <message>
        <source>Their ID number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>Their ID type</source>
        <translation>证件类型</translation>
    </message>
    <message>
        <source>Your reference</source>
        <translation>内部编号</translation>
    </message>
    <message>
        <source>e.g. customer number</source>
        <translation>如客户编号</translation>
    </message>
    <message>
        <source>optional</source>
        <translation>选填</translation>
    </message>
</context>
<context>
    <name>PartyPicker</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Name, pinyin, initials or last digits</source>
        <translation>姓名、拼音、首字母或尾号</translation>
    </message>
    <message>
        <source>No matching contacts.</source>
        <translation>没有匹配的联系人。</translation>
    </message>
</context>
<context>
    <name>PasswordBar</name>
    <message>
        <source>Incorrect password for “{name}”. Try again:</source>
        <translation>该密码无法打开“{name}”，请重试：</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>“{name}” is password-protected. Password:</source>
        <translation>“{name}”受密码保护，请输入密码：</translation>
    </message>
</context>
<context>
    <name>PeopleForm</name>
    <message>
        <source>&amp;Organization</source>
        <translation>企业名称(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Person</source>
        <translation>姓名(&amp;P)</translation>
    </message>
    <message>
        <source>Choose who represents the branch.</source>
        <translation>请选择代表网点签署的人员。</translation>
    </message>
    <message>
        <source>ID n&amp;umber</source>
        <translation>证件号码(&amp;U)</translation>
    </message>
    <message>
        <source>ID t&amp;ype</source>
        <translation>证件类型(&amp;D)</translation>
    </message>
    <message>
        <source>Registration &amp;code</source>
        <translation>证照号码(&amp;C)</translation>
    </message>
    <message>
        <source>Registration &amp;type</source>
        <translation>证照类型(&amp;R)</translation>
    </message>
    <message>
        <source>Save &amp;representative</source>
        <translation>保存人员(&amp;K)</translation>
    </message>
    <message>
        <source>The ID number doesn&apos;t match its type.</source>
        <translation>证件号码与证件类型不符。</translation>
    </message>
    <message>
        <source>The number doesn&apos;t match its type.</source>
        <translation>证照号码与证照类型不符。</translation>
    </message>
    <message>
        <source>The organization&apos;s name is missing.</source>
        <translation>缺少企业名称。</translation>
    </message>
    <message>
        <source>The person&apos;s name is missing.</source>
        <translation>缺少姓名。</translation>
    </message>
</context>
<context>
    <name>PersonFields</name>
    <message>
        <source>Email</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>ID type</source>
        <translation>证件类型</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>Name, pinyin, initials or last digits of a contact; or name, ID number and mobile number in any order</source>
        <translation>输入联系人的姓名、拼音、首字母或尾号；也可按任意顺序输入姓名、证件号码和手机号</translation>
    </message>
    <message>
        <source>Your reference</source>
        <translation>内部编号</translation>
    </message>
    <message>
        <source>e.g. customer number</source>
        <translation>如客户编号</translation>
    </message>
    <message>
        <source>find by name, or paste a line</source>
        <translation>输入姓名查找，或粘贴整行</translation>
    </message>
    <message>
        <source>has platform account</source>
        <translation>已有平台账号</translation>
    </message>
    <message>
        <source>no platform account yet</source>
        <translation>尚无平台账号</translation>
    </message>
    <message>
        <source>optional</source>
        <translation>选填</translation>
    </message>
</context>
<context>
    <name>PlacementWords</name>
    <message>
        <source>Cross-page</source>
        <translation>骑缝章</translation>
    </message>
    <message>
        <source>Keyword</source>
        <translation>关键字</translation>
    </message>
    <message>
        <source>Seal</source>
        <translation>印章</translation>
    </message>
    <message>
        <source>center {bottom} mm from the bottom</source>
        <translation>中心距下 {bottom} mm</translation>
    </message>
    <message>
        <source>center {left} mm from the left, {bottom} mm from the bottom</source>
        <translation>中心距左 {left} mm，距下 {bottom} mm</translation>
    </message>
</context>
<context>
    <name>PlanCounts</name>
    <message numerus="yes">
        <source>%n seal(s) on {document} p. {pages}</source>
        <translation>
            <numerusform>在《{document}》第 {pages} 页盖 %n 枚印章</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seal(s) on {document} p. {pages} at “{keyword}”</source>
        <translation>
            <numerusform>在《{document}》第 {pages} 页“{keyword}”处盖 %n 枚印章</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PlanSentences</name>
    <message>
        <source> and </source>
        <translation>和</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>After signing, {address} opens.</source>
        <translation>签署后打开 {address}。</translation>
    </message>
    <message>
        <source>All signers must sign by {moment} China time, within {span}.</source>
        <translation>所有人须在北京时间 {moment} 前签署，即 {span}内。</translation>
    </message>
    <message>
        <source>At any time</source>
        <translation>随时可签</translation>
    </message>
    <message>
        <source>At the same time</source>
        <translation>同时签署</translation>
    </message>
    <message>
        <source>In any order</source>
        <translation>不分先后</translation>
    </message>
    <message>
        <source>No signing deadline set.</source>
        <translation>未设签署期限。</translation>
    </message>
    <message>
        <source>Notified by {channels}: {addresses}</source>
        <translation>已通过{channels}通知：{addresses}</translation>
    </message>
    <message>
        <source>Pages after {document}: {count} (at most {most})</source>
        <translation>{document}之后的附加页：{count} 页（最多 {most} 页）</translation>
    </message>
    <message>
        <source>Signing is possible with: {places}.</source>
        <translation>可在{places}中签署。</translation>
    </message>
    <message>
        <source>Step {number}</source>
        <translation>第 {number} 步</translation>
    </message>
    <message>
        <source>Step {number}, signed at the same time</source>
        <translation>第 {number} 步 · 同时签署</translation>
    </message>
    <message>
        <source>The platform archives the contract until {moment}.</source>
        <translation>平台存档至 {moment}。</translation>
    </message>
    <message>
        <source>at any time: {signers}</source>
        <translation>随时可签：{signers}</translation>
    </message>
    <message>
        <source>cross-page seal on pp. {pages} of {document}</source>
        <translation>在《{document}》第 {pages} 页盖骑缝章</translation>
    </message>
    <message>
        <source>notified by {channels}</source>
        <translation>{channels}通知</translation>
    </message>
    <message>
        <source>only with your QR code or link</source>
        <translation>仅凭您出示的二维码或链接</translation>
    </message>
    <message>
        <source>places the seal themselves on all documents</source>
        <translation>自行放置印章，签署全部文件</translation>
    </message>
    <message>
        <source>places the seal themselves on {document}</source>
        <translation>在《{document}》上自行放置印章</translation>
    </message>
    <message>
        <source>represented by {name}</source>
        <translation>经办人 {name}</translation>
    </message>
    <message>
        <source>seal at each “{keyword}” in {document}</source>
        <translation>在《{document}》每处“{keyword}”盖章</translation>
    </message>
    <message>
        <source>signs automatically</source>
        <translation>自动签署</translation>
    </message>
    <message>
        <source>{document}, field values: {values}</source>
        <translation>{document}填入：{values}</translation>
    </message>
    <message>
        <source>{field} “{value}”</source>
        <translation>{field}“{value}”</translation>
    </message>
    <message>
        <source>{name} is shown as the initiator.</source>
        <translation>发起方显示为 {name}。</translation>
    </message>
    <message>
        <source>{name} pays.</source>
        <translation>由 {name} 付费。</translation>
    </message>
</context>
<context>
    <name>PolicySentences</name>
    <message>
        <source>Add --user NAME or --data-dir DIR.</source>
        <translation>请加上 --user 用户名，或 --data-dir 文件夹。</translation>
    </message>
    <message>
        <source>Add a number to the name, or enter the full name.</source>
        <translation>请加上编号或全名。</translation>
    </message>
    <message>
        <source>Add one of these options: {options}</source>
        <translation>请加上其中一项：{options}</translation>
    </message>
    <message>
        <source>Also enter your own PIN.</source>
        <translation>请同时输入您的 PIN 码。</translation>
    </message>
    <message>
        <source>Another teller already has this name.</source>
        <translation>已有同名柜员。</translation>
    </message>
    <message>
        <source>Ask a supervisor to enter their PIN.</source>
        <translation>请主管输入 PIN 码。</translation>
    </message>
    <message>
        <source>Ask another teller to approve.</source>
        <translation>请另一位柜员复核。</translation>
    </message>
    <message>
        <source>Ask this computer&apos;s administrator.</source>
        <translation>请联系本机的管理员。</translation>
    </message>
    <message>
        <source>Check that the printer is on and has paper, then print again.</source>
        <translation>请检查打印机是否开机、是否有纸，再重新打印。</translation>
    </message>
    <message>
        <source>Check that you&apos;re allowed to read the file, then hand over the customer&apos;s data again.</source>
        <translation>请确认这是您有权读取的文件，并重新传入客户。</translation>
    </message>
    <message>
        <source>Check the counter before you hand over the customer&apos;s data again.</source>
        <translation>请先查看柜台，再决定是否重新传入。</translation>
    </message>
    <message>
        <source>Choose a PIN that only you know.</source>
        <translation>请设置只有本人知道的 PIN 码。</translation>
    </message>
    <message>
        <source>Choose a contract with F2 to F8, then hand over the customer&apos;s data again.</source>
        <translation>请用 F2 至 F8 选择合同，再重新传入客户。</translation>
    </message>
    <message>
        <source>Customer data was received, but key {key} has no preset.</source>
        <translation>已收到客户信息，但功能键 {key} 上没有常用合同。</translation>
    </message>
    <message>
        <source>Customer data was received, but this computer has no counter.</source>
        <translation>收到了传入的客户，但本程序没有柜台。</translation>
    </message>
    <message>
        <source>Enter a name.</source>
        <translation>请填写。</translation>
    </message>
    <message>
        <source>Enter the PIN again.</source>
        <translation>请重新输入。</translation>
    </message>
    <message>
        <source>Enter the customer manually, and tell the other program&apos;s administrator.</source>
        <translation>请手工输入客户信息，并通知业务系统的管理员。</translation>
    </message>
    <message>
        <source>Enter the folder&apos;s full path, or a path starting with ~: {value}.</source>
        <translation>文件夹须写完整路径，或以 ~ 开头：{value}。</translation>
    </message>
    <message>
        <source>File {path} doesn&apos;t exist.</source>
        <translation>没有文件 {path}。</translation>
    </message>
    <message>
        <source>First make another teller a supervisor.</source>
        <translation>请先将另一位柜员设为主管。</translation>
    </message>
    <message>
        <source>First remove a teller who no longer works here.</source>
        <translation>请先移除已离岗的柜员。</translation>
    </message>
    <message>
        <source>Hand over the customer&apos;s data again from the other program.</source>
        <translation>请在业务系统中重新传入客户。</translation>
    </message>
    <message>
        <source>Hand over the customer&apos;s data to a computer with a counter.</source>
        <translation>请在有柜台的电脑上传入。</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>ID type</source>
        <translation>证件类型</translation>
    </message>
    <message>
        <source>Incorrect PIN for {name}.</source>
        <translation>这不是 {name} 的 PIN 码。</translation>
    </message>
    <message>
        <source>It contains invalid characters or has an invalid length.</source>
        <translation>其中的字符或长度不正确。</translation>
    </message>
    <message>
        <source>It must be within {value}.</source>
        <translation>应在 {value} 之间。</translation>
    </message>
    <message>
        <source>It&apos;s a number where text is expected, or the other way round.</source>
        <translation>应为文字的写成了数字，或反之。</translation>
    </message>
    <message>
        <source>It&apos;s unclear which user&apos;s counter is meant.</source>
        <translation>不清楚是哪位用户的柜台。</translation>
    </message>
    <message>
        <source>It&apos;s unclear who is sending this contract.</source>
        <translation>不清楚由谁发起此合同。</translation>
    </message>
    <message>
        <source>Missing: {value}.</source>
        <translation>缺少：{value}。</translation>
    </message>
    <message>
        <source>Missing: {value}. Add it.</source>
        <translation>缺少 {value}，请补上。</translation>
    </message>
    <message>
        <source>No secret was received, or the input isn&apos;t a secret.</source>
        <translation>未收到密钥，或收到的内容不是密钥。</translation>
    </message>
    <message>
        <source>No teller is available to approve this.</source>
        <translation>没有可以复核的柜员。</translation>
    </message>
    <message>
        <source>Nothing is lost, and the program will retry. Tell this computer&apos;s administrator.</source>
        <translation>数据不会丢失，稍后会自动重试。请告知本机管理员。</translation>
    </message>
    <message>
        <source>Only a supervisor can change tellers.</source>
        <translation>只有主管可以更改柜员。</translation>
    </message>
    <message>
        <source>Only this computer&apos;s administrator can do this.</source>
        <translation>只有本机管理员可以执行此操作。</translation>
    </message>
    <message>
        <source>Other users can change the folder of this computer&apos;s policy: {place}</source>
        <translation>普通用户可以改动本机管理策略所在的文件夹：{place}</translation>
    </message>
    <message>
        <source>Other users can change this computer&apos;s policy: {place}</source>
        <translation>普通用户可以改动本机的管理策略：{place}</translation>
    </message>
    <message>
        <source>Possible values: {value}.</source>
        <translation>可选值：{value}。</translation>
    </message>
    <message>
        <source>Provide the secret on one line, as shown in the platform&apos;s console.</source>
        <translation>请按平台控制台所示，用一行传入。</translation>
    </message>
    <message>
        <source>Results can&apos;t be written for the other program.</source>
        <translation>合同结果无法写给业务系统。</translation>
    </message>
    <message>
        <source>Run the command as administrator; on Linux and macOS, use sudo.</source>
        <translation>请以管理员身份运行；在 Linux 和 macOS 上使用 sudo。</translation>
    </message>
    <message>
        <source>Send it again. A second teller is then asked for a PIN.</source>
        <translation>请重新发起，届时由另一位柜员输入 PIN 码。</translation>
    </message>
    <message>
        <source>Set by your organization</source>
        <translation>由您的单位统一设置</translation>
    </message>
    <message>
        <source>Set by your organization; it can&apos;t be changed here.</source>
        <translation>此项由您的单位统一设置，不能在这里更改。</translation>
    </message>
    <message>
        <source>Specify the file to check.</source>
        <translation>请指明要检查的文件。</translation>
    </message>
    <message>
        <source>Start the program without --data-dir.</source>
        <translation>启动程序时请不要使用 --data-dir。</translation>
    </message>
    <message>
        <source>Supervisors can add tellers in Settings; the administrator can use --add-teller.</source>
        <translation>主管可在“设置”中添加柜员，管理员可使用 --add-teller 添加。</translation>
    </message>
    <message>
        <source>Tell this computer&apos;s administrator. Restore the file, or remove the link.</source>
        <translation>请告知本机管理员：恢复该文件，或删除该链接。</translation>
    </message>
    <message>
        <source>Tell this computer&apos;s administrator. The file and its folder must belong to the administrators, and only they may change them.</source>
        <translation>请告知本机管理员：该文件及其文件夹须归管理员所有，且只有管理员可以修改。</translation>
    </message>
    <message>
        <source>Tell this computer&apos;s administrator. To correct it: {command}</source>
        <translation>请告知本机管理员。修正方法：{command}</translation>
    </message>
    <message>
        <source>The JSON is invalid ({value}). Correct it at this place.</source>
        <translation>不是有效的 JSON（{value}），请改正该处。</translation>
    </message>
    <message>
        <source>The administrator can add a supervisor again: {command}</source>
        <translation>请管理员重新添加主管：{command}</translation>
    </message>
    <message>
        <source>The administrator can add a teller: {command}</source>
        <translation>请管理员添加：{command}</translation>
    </message>
    <message>
        <source>The audit log checksum can&apos;t be written to the log specified by your organization.</source>
        <translation>操作记录的校验码未能写入单位指定的日志。</translation>
    </message>
    <message>
        <source>The customer file can&apos;t be read.</source>
        <translation>客户信息文件无法读取。</translation>
    </message>
    <message>
        <source>The customer file doesn&apos;t exist.</source>
        <translation>客户信息文件不存在。</translation>
    </message>
    <message>
        <source>The day&apos;s numbers can&apos;t be written to the folder of your organization.</source>
        <translation>无法把每日数字写入单位指定的文件夹。</translation>
    </message>
    <message>
        <source>The file for this link may have been written by another user.</source>
        <translation>此链接的文件可能由他人写入。</translation>
    </message>
    <message>
        <source>The file for this link was deleted. Hand over the customer&apos;s data again under another name.</source>
        <translation>对应的文件已删除。请换一个名称重新传入。</translation>
    </message>
    <message>
        <source>The file is larger than {value} KB. Make it smaller.</source>
        <translation>文件超过 {value} KB，请精简。</translation>
    </message>
    <message>
        <source>The file was deleted. A customer file must belong to you, and no other user may read or write it.</source>
        <translation>文件已删除。文件须属于您，其他用户不可读写。</translation>
    </message>
    <message>
        <source>The folder that contains this computer&apos;s policy is owned by a regular user, not by the administrator: {place}</source>
        <translation>本机管理策略所在的文件夹归普通用户所有，而不归管理员所有：{place}</translation>
    </message>
    <message>
        <source>The link must have the form {form}, where NAME has {least} to {most} letters, digits, hyphens or underscores.</source>
        <translation>链接的形式为 {form}，其中 NAME 为 {least} 至 {most} 个字母、数字、- 或 _。</translation>
    </message>
    <message>
        <source>The name in this link must have {least} to {most} characters.</source>
        <translation>链接中的名称须为 {least} 至 {most} 个字符。</translation>
    </message>
    <message>
        <source>The other program didn&apos;t finish sending the customer data within {seconds} seconds.</source>
        <translation>业务系统未在 {seconds} 秒内传完客户信息。</translation>
    </message>
    <message>
        <source>The other program sent customer data that can&apos;t be used: {place}.</source>
        <translation>业务系统传入的客户信息有误：{place}。</translation>
    </message>
    <message>
        <source>The preset folder specified by your organization can&apos;t be read.</source>
        <translation>无法读取单位指定的常用合同文件夹。</translation>
    </message>
    <message>
        <source>The printer accepted no pages.</source>
        <translation>打印机未接受页面。</translation>
    </message>
    <message>
        <source>The program will retry. Tell this computer&apos;s administrator.</source>
        <translation>稍后会自动重试。请告知本机管理员。</translation>
    </message>
    <message>
        <source>The project&apos;s environment isn&apos;t specified.</source>
        <translation>未指明项目属于哪个环境。</translation>
    </message>
    <message>
        <source>The received customer data would be recognized as a different person.</source>
        <translation>传入的客户信息会被识别为另一个人。</translation>
    </message>
    <message>
        <source>The results file can&apos;t be written. Nothing is lost, and the program will retry.</source>
        <translation>结果文件无法写入。数据不会丢失，程序会继续重试。</translation>
    </message>
    <message>
        <source>The running program didn&apos;t answer in time.</source>
        <translation>已打开的程序没有及时响应。</translation>
    </message>
    <message>
        <source>The sender can&apos;t also be the second approver.</source>
        <translation>发起人不能兼任复核人。</translation>
    </message>
    <message>
        <source>The teller list can&apos;t be read, so no one can sign in.</source>
        <translation>无法读取柜员名单，任何人都不能登录。</translation>
    </message>
    <message>
        <source>The teller needs a name.</source>
        <translation>请填写柜员姓名。</translation>
    </message>
    <message>
        <source>The tellers&apos; names are listed in Settings.</source>
        <translation>姓名见“设置”。</translation>
    </message>
    <message>
        <source>The type must be {value}.</source>
        <translation>类型须为 {value}。</translation>
    </message>
    <message>
        <source>The value must be within {value}.</source>
        <translation>取值范围为 {value}。</translation>
    </message>
    <message>
        <source>There are already {most} tellers.</source>
        <translation>柜员已达 {most} 人。</translation>
    </message>
    <message>
        <source>There is no teller named {name}.</source>
        <translation>没有名为 {name} 的柜员。</translation>
    </message>
    <message>
        <source>This can&apos;t be sent, because no second person has approved it.</source>
        <translation>未经另一人复核，不能发起。</translation>
    </message>
    <message>
        <source>This computer&apos;s policy can&apos;t be used: {path}, at {place}.</source>
        <translation>本机的管理策略不可用：{path}，位置 {place}。</translation>
    </message>
    <message>
        <source>This computer&apos;s policy could have been changed by a user: {path}</source>
        <translation>本机的管理策略可能被普通用户改动过：{path}</translation>
    </message>
    <message>
        <source>This computer&apos;s policy is a link to a missing file: {path}</source>
        <translation>本机的管理策略是一个链接，所指的文件不存在：{path}</translation>
    </message>
    <message>
        <source>This computer&apos;s policy is owned by a regular user, not by the administrator: {place}</source>
        <translation>本机的管理策略归普通用户所有，而不归管理员所有：{place}</translation>
    </message>
    <message>
        <source>This entry appears twice. Keep only one.</source>
        <translation>重复出现，请只保留一处。</translation>
    </message>
    <message>
        <source>This entry must contain {value}.</source>
        <translation>须包含 {value}。</translation>
    </message>
    <message>
        <source>This is the last supervisor.</source>
        <translation>这是最后一位主管。</translation>
    </message>
    <message>
        <source>This link has already been used, or its file no longer exists.</source>
        <translation>此链接已使用过，或文件已不存在。</translation>
    </message>
    <message>
        <source>This link specifies no customer.</source>
        <translation>此链接没有指明客户。</translation>
    </message>
    <message>
        <source>This value doesn&apos;t match the schema. Correct it.</source>
        <translation>格式与策略规范不符，请改正。</translation>
    </message>
    <message>
        <source>To check the policy: {command}</source>
        <translation>检查方法：{command}</translation>
    </message>
    <message>
        <source>To specify an environment&apos;s settings, also set {value}.</source>
        <translation>须同时设置 {value}，才能指定环境的其他内容。</translation>
    </message>
    <message>
        <source>Unknown entry: {value}.</source>
        <translation>无法识别的内容：{value}。</translation>
    </message>
    <message>
        <source>Unknown setting: {value}. Correct or remove it.</source>
        <translation>没有这个设置项：{value}。请改正或删除。</translation>
    </message>
    <message>
        <source>Your organization has the administrator manage tellers.</source>
        <translation>您的单位规定由管理员维护柜员。</translation>
    </message>
    <message>
        <source>Your organization requires tellers to sign in, and there are no tellers yet.</source>
        <translation>您的单位规定须由柜员登录，但尚未添加柜员。</translation>
    </message>
    <message>
        <source>Your organization specifies the data folder: {path}</source>
        <translation>您的单位指定了数据文件夹：{path}</translation>
    </message>
    <message>
        <source>case reference</source>
        <translation>业务编号</translation>
    </message>
    <message>
        <source>form values</source>
        <translation>表单内容</translation>
    </message>
    <message>
        <source>function key of the preset</source>
        <translation>常用合同的功能键</translation>
    </message>
    <message>
        <source>mobile number</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>the whole file</source>
        <translation>整个文件</translation>
    </message>
    <message>
        <source>version of the format</source>
        <translation>格式版本</translation>
    </message>
    <message>
        <source>{name} must set a new PIN.</source>
        <translation>{name}须设置新的 PIN 码。</translation>
    </message>
</context>
<context>
    <name>PortField</name>
    <message>
        <source>Notification port</source>
        <translation>通知端口</translation>
    </message>
</context>
<context>
    <name>PreflightAdvice</name>
    <message>
        <source>Create template…</source>
        <translation>制作成模板…</translation>
    </message>
    <message>
        <source>Create upright copy</source>
        <translation>生成摆正副本</translation>
    </message>
    <message>
        <source>Enter the password to see this file; passwords are never saved.</source>
        <translation>输入密码后才能显示此文件；密码不会保存。</translation>
    </message>
    <message>
        <source>Find keyword</source>
        <translation>查找关键字</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Page {pages} differs in size from the first page, so a cross-page seal may not align there. Exclude it from the seal&apos;s pages, or put it in a separate group.</source>
        <translation>第 {pages} 页与首页大小不同：骑缝章在此可能对不齐。请将其排除在骑缝章页码之外，或另设一组。</translation>
    </message>
    <message>
        <source>Page {pages} is an image without text. Neither this computer nor the platform can find keywords there. Click the page to place the seals.</source>
        <translation>第 {pages} 页是没有文字的图片：本机与平台都无法在此查找关键字。请在这些页上点击放置印章。</translation>
    </message>
    <message>
        <source>Page {pages} is an image. Its text was recognized on this computer.</source>
        <translation>第 {pages} 页是没有文字的图片，已在本机识别。</translation>
    </message>
    <message>
        <source>Page {pages} is cropped or scaled for display only. The platform may measure from the hidden edge. An upright copy looks the same (checked page by page), and the seals stay where you see them.</source>
        <translation>第 {pages} 页只是显示时裁剪或缩放，平台可能从隐藏的边缘起算坐标。摆正副本外观不变（逐页核对），印章仍在您看到的位置。</translation>
    </message>
    <message>
        <source>Page {pages} is rotated for display only. The platform may place seals as if it weren&apos;t. An upright copy looks the same (checked page by page), and the seals stay where you see them.</source>
        <translation>第 {pages} 页只是显示时旋转，平台可能按未旋转的页面盖章。摆正副本外观不变（逐页核对），印章仍在您看到的位置。</translation>
    </message>
    <message>
        <source>Place seal by clicking</source>
        <translation>点击放置印章</translation>
    </message>
    <message>
        <source>Recognize text</source>
        <translation>识别页面文字</translation>
    </message>
    <message>
        <source>Remove from contract</source>
        <translation>从合同中移除</translation>
    </message>
    <message>
        <source>Replace with another file…</source>
        <translation>换成其他文件…</translation>
    </message>
    <message>
        <source>Save copy as…</source>
        <translation>副本另存为…</translation>
    </message>
    <message>
        <source>Show page {page}</source>
        <translation>查看第 {page} 页</translation>
    </message>
    <message>
        <source>Some fonts aren&apos;t embedded in the file, so each computer substitutes its own. Characters may look different, change width or be missing, and a seal may end up beside its text. Save the file with embedded fonts (for example as PDF/A), and use that file.</source>
        <translation>部分字体未嵌入文件，各台电脑会用自己的字体代替：字形可能不同、变宽变窄或缺失，印章也可能偏离文字。请嵌入字体后重新保存（如另存为 PDF/A），再换用该文件。</translation>
    </message>
    <message>
        <source>The file has {count} form fields, which are sent with their current values. If you create a template from the file, the fields can be filled in for each customer.</source>
        <translation>文件含 {count} 个填写项，将按当前填写内容发送。制作成模板后，可为每位客户重新填写。</translation>
    </message>
    <message>
        <source>The file is damaged. You see a repaired version, and the platform may see something else. You can make an intact copy that looks the same as what you see (checked page by page).</source>
        <translation>文件有损坏，当前显示的是修复后的内容，平台看到的可能不同。可制作一份完好的副本，外观与当前显示一致，并逐页核对。</translation>
    </message>
    <message>
        <source>The file is encrypted, and its password stays on this computer. The platform may be unable to open and seal it. Use a version without encryption.</source>
        <translation>文件已加密，密码只留在本机：平台可能无法打开，也就无法盖章。请改用未加密的版本。</translation>
    </message>
    <message>
        <source>The file is {size_mb} MB. The platform states no limit, but uploads over 40 MB are slow and may be rejected. Scan at 200 dpi in grayscale, or save the file at a smaller size, and use that file.</source>
        <translation>文件有 {size_mb} MB。平台未说明上限，但超过 40 MB 上传较慢，也可能被拒收。请用 200 dpi 灰度重新扫描，或压缩后另存，再换用该文件。</translation>
    </message>
    <message>
        <source>The pages are images without text. Neither this computer nor the platform can find keywords there. Click the page to place the seals.</source>
        <translation>页面都是图片，没有文字可供查找关键字，本机与平台都一样：请点击放置印章。</translation>
    </message>
    <message>
        <source>The pages are images. Their text was recognized on this computer.</source>
        <translation>各页均为图片，已在本机识别文字。</translation>
    </message>
    <message>
        <source>The program can recognize text on such pages if this component is installed: pip install esign-desktop[ocr]</source>
        <translation>安装文字识别组件后，本程序可识别此类页面：pip install esign-desktop[ocr]</translation>
    </message>
    <message>
        <source>This file has a digital signature. A seal changes the file and would invalidate the signature. Send the file separately, or use the version that isn&apos;t signed yet.</source>
        <translation>此文件已有数字签名。盖章会改动文件，使原签名失效。请另行发送此文件，或改用尚未签名的版本。</translation>
    </message>
    <message>
        <source>This package doesn&apos;t include text recognition, which can be added only if the program is installed with pip.</source>
        <translation>此安装包不含文字识别组件；用 pip 安装的程序可另行加装。</translation>
    </message>
    <message>
        <source>You can also recognize the text on these pages on this computer. Keywords can then be found there.</source>
        <translation>也可在本机识别页面文字，识别后即可查找关键字。</translation>
    </message>
    <message>
        <source>You can then find keywords on these pages. The platform can&apos;t find them, so the seals get fixed positions. Check the positions, because text recognition can make mistakes.</source>
        <translation>可在这些页上查找关键字；但平台找不到这些文字，因此印章将成为固定印章。机器识别可能有误，请核对。</translation>
    </message>
</context>
<context>
    <name>PreflightChips</name>
    <message>
        <source>Digitally signed: another seal would invalidate the signature.</source>
        <translation>已有数字签名：再次盖章会破坏原有签名。</translation>
    </message>
    <message>
        <source>Encrypted: the platform may reject it.</source>
        <translation>文件受加密保护：平台可能拒收。</translation>
    </message>
    <message>
        <source>Fonts not embedded: the text may look different on other devices.</source>
        <translation>字体未嵌入：在其他设备上文字显示可能不同。</translation>
    </message>
    <message>
        <source>No page has text: keywords can&apos;t be found. Place seals by clicking.</source>
        <translation>所有页面都没有文字层：无法按关键字定位，请点击放置印章。</translation>
    </message>
    <message>
        <source>Over 40 MB: the upload may be slow.</source>
        <translation>超过 40 MB：上传可能较慢。</translation>
    </message>
    <message>
        <source>Page sizes differ: parts of a cross-page seal may not align.</source>
        <translation>页面大小不一：骑缝章各页章块可能无法对齐。</translation>
    </message>
    <message>
        <source>Some pages are cropped or scaled: check the seal positions after signing.</source>
        <translation>部分页面被裁剪或缩放：签署后请核对印章位置。</translation>
    </message>
    <message>
        <source>Some pages are rotated: check the seal positions after signing.</source>
        <translation>部分页面有旋转：签署后请核对印章位置。</translation>
    </message>
    <message>
        <source>Some pages have no text: keywords can&apos;t be found there.</source>
        <translation>部分页面没有文字层：这些页上无法按关键字定位。</translation>
    </message>
    <message>
        <source>Text recognized: keyword seals get fixed positions.</source>
        <translation>已识别文字：关键字处的印章将成为固定印章。</translation>
    </message>
    <message>
        <source>The file has form fields, which are sent with their current values.</source>
        <translation>文件含有填写项，将按当前填写内容发送。</translation>
    </message>
    <message>
        <source>The file was damaged and repaired for display: check every page.</source>
        <translation>文件有损坏，已修复后显示：请逐页核对。</translation>
    </message>
    <message>
        <source>cropped</source>
        <translation>有裁剪</translation>
    </message>
    <message>
        <source>encrypted</source>
        <translation>已加密</translation>
    </message>
    <message>
        <source>fonts not embedded</source>
        <translation>字体未嵌入</translation>
    </message>
    <message>
        <source>form</source>
        <translation>表单</translation>
    </message>
    <message>
        <source>large</source>
        <translation>大文件</translation>
    </message>
    <message>
        <source>mixed sizes</source>
        <translation>大小不一</translation>
    </message>
    <message>
        <source>partly scan</source>
        <translation>部分扫描</translation>
    </message>
    <message>
        <source>repaired</source>
        <translation>已修复</translation>
    </message>
    <message>
        <source>rotated</source>
        <translation>有旋转</translation>
    </message>
    <message>
        <source>scan</source>
        <translation>扫描件</translation>
    </message>
    <message>
        <source>scan, recognized</source>
        <translation>扫描件 · 已识别</translation>
    </message>
    <message>
        <source>signed</source>
        <translation>已签名</translation>
    </message>
</context>
<context>
    <name>PreflightPane</name>
    <message>
        <source>Comparing page {page} of {count} with the original…</source>
        <translation>正在核对第 {page} / {count} 页与原文件一致…</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Writing copy…</source>
        <translation>正在写入副本…</translation>
    </message>
</context>
<context>
    <name>PrepareRoom</name>
    <message>
        <source>Choose PDFs</source>
        <translation>选择 PDF</translation>
    </message>
    <message>
        <source>Choose PDFs or images</source>
        <translation>选择 PDF 或图片</translation>
    </message>
</context>
<context>
    <name>PresetController</name>
    <message>
        <source>A preset needs a document and a signer.</source>
        <translation>常用合同至少需要一份文件和一位签署方。</translation>
    </message>
    <message>
        <source>First prepare the contract the way it should be sent each time, then save it as a preset.</source>
        <translation>请先按每次发起的样子准备好合同，再存为常用合同。</translation>
    </message>
    <message>
        <source>Show presets</source>
        <translation>查看常用合同</translation>
    </message>
    <message>
        <source>“{name}” has been saved as a preset.</source>
        <translation>“{name}”已存为常用合同。</translation>
    </message>
</context>
<context>
    <name>PresetDrawer</name>
    <message numerus="yes">
        <source>%n field(s)</source>
        <translation>
            <numerusform>%n 个填写项</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>%n 页</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Edit fields…</source>
        <translation>编辑填写项(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;New contract</source>
        <translation>用它新建合同(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;New contract with the template alone</source>
        <translation>只用该模板新建合同(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Rename…</source>
        <translation>重命名(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Template “{name}”</source>
        <translation>模板“{name}”(&amp;T)</translation>
    </message>
    <message>
        <source>Add &amp;PDF…</source>
        <translation>添加其 PDF(&amp;P)…</translation>
    </message>
    <message>
        <source>Counter &amp;key</source>
        <translation>柜台快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>Create it a&amp;gain here…</source>
        <translation>在此环境重新制作(&amp;G)…</translation>
    </message>
    <message>
        <source>Created: {time}</source>
        <translation>制作时间：{time}</translation>
    </message>
    <message>
        <source>D&amp;uplicate</source>
        <translation>复制(&amp;U)</translation>
    </message>
    <message>
        <source>De&amp;lete</source>
        <translation>删除(&amp;L)</translation>
    </message>
    <message>
        <source>Delete permanently?</source>
        <translation>确认永久删除？</translation>
    </message>
    <message>
        <source>Documents: {names} · {pages}</source>
        <translation>文件：{names} · {pages}</translation>
    </message>
    <message>
        <source>E&amp;dit…</source>
        <translation>编辑(&amp;D)…</translation>
    </message>
    <message>
        <source>Its pages are on the platform. To see them and fill in the form, add the PDF it was created from.</source>
        <translation>页面在平台上。要查看页面并填写，请添加制作模板时所用的 PDF。</translation>
    </message>
    <message>
        <source>Last sent: {day}</source>
        <translation>最近发起：{day}</translation>
    </message>
    <message>
        <source>Not stored on the platform: its file is uploaded for each contract.</source>
        <translation>未存为平台模板：每份合同都会上传文件。</translation>
    </message>
    <message>
        <source>Parties: {names}</source>
        <translation>签署方：{names}</translation>
    </message>
    <message>
        <source>Remove from &amp;list</source>
        <translation>移出列表(&amp;L)</translation>
    </message>
    <message>
        <source>Remove? The platform keeps it</source>
        <translation>确认移除？平台仍保留</translation>
    </message>
    <message>
        <source>Template on the platform ({environment}), ID {id}</source>
        <translation>平台模板（{environment}），ID {id}</translation>
    </message>
    <message>
        <source>Template on the platform, ID {id}</source>
        <translation>平台模板，ID {id}</translation>
    </message>
    <message>
        <source>The platform no longer has this template. Create it again.</source>
        <translation>平台上已没有该模板，请重新制作。</translation>
    </message>
    <message>
        <source>The platform&apos;s answer was lost, so it&apos;s unclear whether the template was created. Create it again, or remove it from the list.</source>
        <translation>未收到平台的响应，无法确定模板是否已制作。请重新制作，或将其移出列表。</translation>
    </message>
    <message numerus="yes">
        <source>Used in %n document(s)</source>
        <translation>
            <numerusform>已用于 %n 份文件</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PresetEditing</name>
    <message numerus="yes">
        <source>%n more.</source>
        <translation>
            <numerusform>另有 %n 项。</numerusform>
        </translation>
    </message>
    <message>
        <source>Save or cancel this signer first.</source>
        <translation>请先保存或取消当前签署方。</translation>
    </message>
    <message>
        <source>preset “{name}”</source>
        <translation>常用合同“{name}”</translation>
    </message>
</context>
<context>
    <name>PresetImporting</name>
    <message>
        <source>This computer already has this preset.</source>
        <translation>本机已有完全相同的常用合同。</translation>
    </message>
    <message>
        <source>{name} (until {day})</source>
        <translation>{name}（{day} 前）</translation>
    </message>
</context>
<context>
    <name>PresetKeys</name>
    <message>
        <source>Changed by head office</source>
        <translation>总部已更改</translation>
    </message>
    <message>
        <source>Contracts</source>
        <translation>合同</translation>
    </message>
    <message>
        <source>No contract has a key yet. Assign a key to a preset in the main window, or ask this computer&apos;s administrator.</source>
        <translation>还没有合同设置快捷键。请在主窗口为常用合同设置快捷键，或联系本机管理员。</translation>
    </message>
    <message>
        <source>Signs automatically: {names}</source>
        <translation>自动签署：{names}</translation>
    </message>
    <message>
        <source>Then opens {address}</source>
        <translation>签后打开 {address}</translation>
    </message>
</context>
<context>
    <name>PresetLines</name>
    <message>
        <source>After signing</source>
        <translation>跳转地址</translation>
    </message>
    <message>
        <source>Archived until</source>
        <translation>存档至</translation>
    </message>
    <message>
        <source>Contract title</source>
        <translation>合同标题</translation>
    </message>
    <message>
        <source>Counter key</source>
        <translation>柜台快捷键</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Form fields</source>
        <translation>填写项</translation>
    </message>
    <message>
        <source>Initiator</source>
        <translation>发起方</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Pages at the end</source>
        <translation>末尾附加页</translation>
    </message>
    <message>
        <source>Payer</source>
        <translation>付费方</translation>
    </message>
    <message>
        <source>Seals</source>
        <translation>印章</translation>
    </message>
    <message>
        <source>Sign within</source>
        <translation>签署期限</translation>
    </message>
    <message>
        <source>Signers</source>
        <translation>签署方</translation>
    </message>
    <message>
        <source>Signing methods</source>
        <translation>签署方式</translation>
    </message>
    <message>
        <source>Signs automatically</source>
        <translation>自动签署</translation>
    </message>
    <message>
        <source>account default</source>
        <translation>按账号默认</translation>
    </message>
    <message>
        <source>our account</source>
        <translation>我方账号</translation>
    </message>
    <message>
        <source>until {moment}</source>
        <translation>至 {moment}</translation>
    </message>
    <message>
        <source>{name}: PDF {mark}, pages: {pages}</source>
        <translation>{name}：{pages} 页，PDF {mark}</translation>
    </message>
    <message>
        <source>{name}: template {mark}, pages: {pages}</source>
        <translation>{name}：{pages} 页，模板 {mark}</translation>
    </message>
    <message>
        <source>{seal}, check before use</source>
        <translation>{seal}，使用前须核对</translation>
    </message>
    <message>
        <source>{seal}, not found; fallback positions: {count}</source>
        <translation>{seal}，文中没有，改用 {count} 个备用坐标</translation>
    </message>
    <message>
        <source>{seal}, positions: {count}</source>
        <translation>{seal}，{count} 处</translation>
    </message>
</context>
<context>
    <name>PresetProblems</name>
    <message>
        <source>Before you use the preset, choose who represents the branch.</source>
        <translation>须先指定由谁代表网点签署，才能使用该常用合同。</translation>
    </message>
    <message>
        <source>Form field {number} has no name.</source>
        <translation>第 {number} 个填写项缺少名称。</translation>
    </message>
    <message>
        <source>F{key} is a counter key, but this preset has no customer. Remove the key.</source>
        <translation>F{key} 用于柜台，而该常用合同没有客户：请取消其快捷键。</translation>
    </message>
    <message>
        <source>No signers: add a customer.</source>
        <translation>没有签署方：请添加客户。</translation>
    </message>
    <message>
        <source>Seal {number} has no keyword.</source>
        <translation>第 {number} 枚印章缺少关键字。</translation>
    </message>
    <message>
        <source>Seal {number} is a cross-page seal and needs at least two pages.</source>
        <translation>第 {number} 枚印章是骑缝章，至少需要两页。</translation>
    </message>
    <message>
        <source>Seal {number} is on page {pages}, but the document has only {page_count}.</source>
        <translation>第 {number} 枚印章位于第 {pages} 页，但文件共 {page_count} 页。</translation>
    </message>
    <message>
        <source>Seal {number} is outside its page.</source>
        <translation>第 {number} 枚印章超出了页面。</translation>
    </message>
    <message>
        <source>Several customers have the same role name, so the teller can&apos;t tell them apart.</source>
        <translation>多位客户称谓相同：柜员无法分辨要录入的是谁。</translation>
    </message>
    <message>
        <source>The form field “{field}” appears twice.</source>
        <translation>填写项“{field}”重复。</translation>
    </message>
    <message>
        <source>The form field “{field}” uses customer data, but there is no customer.</source>
        <translation>填写项“{field}”取自客户信息，但没有客户。</translation>
    </message>
    <message>
        <source>The form field “{field}” will be left empty.</source>
        <translation>填写项“{field}”将留空。</translation>
    </message>
    <message>
        <source>The keyword of seal {number} is longer than {most} characters. The platform may reject it.</source>
        <translation>第 {number} 枚印章的关键字超过 {most} 个字符，平台可能不接受。</translation>
    </message>
    <message>
        <source>The page after signing must be a complete http or https address.</source>
        <translation>跳转地址须为完整的 http 或 https 地址。</translation>
    </message>
    <message>
        <source>The preset has no name.</source>
        <translation>常用合同还没有名称。</translation>
    </message>
    <message>
        <source>Without a customer, the preset can be used in Prepare but not at the counter.</source>
        <translation>没有客户的常用合同只能在“准备”中使用，不能用于柜台。</translation>
    </message>
    <message>
        <source>“{document}” has no signer.</source>
        <translation>“{document}”无人签署。</translation>
    </message>
    <message>
        <source>“{document}” is created from a template, but its template ID is missing.</source>
        <translation>“{document}”由模板生成：缺少模板 ID。</translation>
    </message>
    <message>
        <source>“{field}” is a choice without options. Enter its options.</source>
        <translation>“{field}”是选择项，但没有选项。请填写选项。</translation>
    </message>
    <message>
        <source>“{keyword}” appears {count} times. Select its seal and confirm all of them.</source>
        <translation>“{keyword}”出现 {count} 次。请选中该印章并确认全部位置。</translation>
    </message>
    <message>
        <source>“{keyword}” isn&apos;t in the document. Choose another keyword, or add a fallback position.</source>
        <translation>文件中没有“{keyword}”：请更换关键字，或添加备用坐标。</translation>
    </message>
    <message>
        <source>“{role}” has no seal.</source>
        <translation>“{role}”没有任何印章位置。</translation>
    </message>
    <message>
        <source>“{role}” is a person who signs automatically. The platform may reject this.</source>
        <translation>“{role}”是自动签署的个人，平台可能不接受。</translation>
    </message>
    <message>
        <source>“{role}” signs automatically and needs a seal position.</source>
        <translation>“{role}”自动签署，须指定印章位置。</translation>
    </message>
</context>
<context>
    <name>PresetStrip</name>
    <message>
        <source> minutes</source>
        <translation> 分钟</translation>
    </message>
    <message>
        <source>Account default</source>
        <translation>按账号默认</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Counter &amp;key</source>
        <translation>柜台快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>Editing the preset</source>
        <translation>正在编辑常用合同</translation>
    </message>
    <message>
        <source>Form &amp;fields…</source>
        <translation>填写项(&amp;F)…</translation>
    </message>
    <message>
        <source>F{key} is used by “{name}”, which will have no key after you save.</source>
        <translation>F{key} 原属“{name}”，保存后该常用合同不再有快捷键。</translation>
    </message>
    <message>
        <source>Save preset</source>
        <translation>保存常用合同</translation>
    </message>
    <message>
        <source>Sign &amp;within</source>
        <translation>签署期限(&amp;W)</translation>
    </message>
</context>
<context>
    <name>PresetWords</name>
    <message>
        <source>Amount in digits</source>
        <translation>金额（数字）</translation>
    </message>
    <message>
        <source>Amount in words</source>
        <translation>金额（大写）</translation>
    </message>
    <message>
        <source>Any text</source>
        <translation>任意文本</translation>
    </message>
    <message>
        <source>Branch {number}</source>
        <translation>网点 {number}</translation>
    </message>
    <message>
        <source>Branch, with its seal</source>
        <translation>网点，加盖其印章</translation>
    </message>
    <message>
        <source>Check box</source>
        <translation>勾选</translation>
    </message>
    <message>
        <source>Choice</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>Customer organization</source>
        <translation>企业客户</translation>
    </message>
    <message>
        <source>Customer {number}</source>
        <translation>客户 {number}</translation>
    </message>
    <message>
        <source>Customer&apos;s ID number</source>
        <translation>客户证件号码</translation>
    </message>
    <message>
        <source>Customer&apos;s age</source>
        <translation>客户年龄</translation>
    </message>
    <message>
        <source>Customer&apos;s date of birth</source>
        <translation>客户出生日期</translation>
    </message>
    <message>
        <source>Customer&apos;s mobile number</source>
        <translation>客户手机号</translation>
    </message>
    <message>
        <source>Customer&apos;s name</source>
        <translation>客户姓名</translation>
    </message>
    <message>
        <source>Customer&apos;s sex</source>
        <translation>客户性别</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Entered at the counter, such as an amount</source>
        <translation>柜台录入，如金额</translation>
    </message>
    <message>
        <source>Fixed text</source>
        <translation>固定文字</translation>
    </message>
    <message>
        <source>Mobile number</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>Our organization</source>
        <translation>我方</translation>
    </message>
    <message>
        <source>Our seal (signs automatically)</source>
        <translation>我方印章，自动签署</translation>
    </message>
    <message>
        <source>Resident ID number</source>
        <translation>居民身份证号码</translation>
    </message>
    <message>
        <source>Staff {number}</source>
        <translation>行内人员 {number}</translation>
    </message>
    <message>
        <source>Staff, always the same person</source>
        <translation>行内人员，固定不变</translation>
    </message>
    <message>
        <source>Today&apos;s date</source>
        <translation>当天日期</translation>
    </message>
    <message>
        <source>across pages {pages}</source>
        <translation>骑缝，第 {pages} 页</translation>
    </message>
    <message>
        <source>at “{keyword}”</source>
        <translation>关键字“{keyword}”</translation>
    </message>
    <message>
        <source>on page {pages}</source>
        <translation>第 {pages} 页</translation>
    </message>
</context>
<context>
    <name>PresetsRoom</name>
    <message>
        <source>&amp;Add</source>
        <translation>添加(&amp;A)</translation>
    </message>
    <message>
        <source>A preset is a contract you send repeatedly. It keeps the documents, signers and seal positions. A template is a form stored on the platform: draw its fields on a PDF once, and fill it in for each contract.</source>
        <translation>常用合同是反复发起的合同，保留文件、签署方和印章位置。模板是存放在平台上的表单：只需在 PDF 上画一次填写项，每份合同填写内容即可。</translation>
    </message>
    <message>
        <source>A te&amp;mplate from a PDF…</source>
        <translation>用 PDF 制作模板(&amp;M)…</translation>
    </message>
    <message>
        <source>A template by its &amp;ID…</source>
        <translation>按 ID 添加模板(&amp;I)…</translation>
    </message>
    <message>
        <source>Add a template by &amp;ID…</source>
        <translation>按 ID 添加模板(&amp;I)…</translation>
    </message>
    <message>
        <source>Choose a PDF for the template</source>
        <translation>选择用于制作模板的 PDF</translation>
    </message>
    <message>
        <source>Choose the PDF the template was created from</source>
        <translation>选择制作该模板所用的 PDF</translation>
    </message>
    <message>
        <source>Create a te&amp;mplate from a PDF…</source>
        <translation>用 PDF 制作模板(&amp;M)…</translation>
    </message>
    <message>
        <source>Create from the open contract</source>
        <translation>用“准备”中的合同新建</translation>
    </message>
    <message>
        <source>Export preset</source>
        <translation>导出常用合同</translation>
    </message>
    <message>
        <source>Exported without ID numbers.</source>
        <translation>已导出，不含任何人的证件号码。</translation>
    </message>
    <message>
        <source>From the open &amp;contract…</source>
        <translation>由当前合同保存(&amp;C)…</translation>
    </message>
    <message>
        <source>Impor&amp;t a preset…</source>
        <translation>导入常用合同(&amp;T)…</translation>
    </message>
    <message>
        <source>Import preset</source>
        <translation>导入常用合同</translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation>常用合同名称</translation>
    </message>
    <message>
        <source>Name on this computer; the platform&apos;s name doesn&apos;t change</source>
        <translation>本机名称（平台上的名称不变）</translation>
    </message>
    <message>
        <source>No preset here matches the filter.</source>
        <translation>没有符合筛选条件的常用合同。</translation>
    </message>
    <message>
        <source>No presets yet</source>
        <translation>还没有常用合同</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>The earlier preset stays in the list without a key until you delete it.</source>
        <translation>原常用合同仍保留在列表中，但不再占用快捷键，直到您将其删除。</translation>
    </message>
    <message>
        <source>“{name}” has been imported.</source>
        <translation>“{name}”已导入。</translation>
    </message>
</context>
<context>
    <name>ProblemList</name>
    <message numerus="yes">
        <source>%n hint(s)</source>
        <translation>
            <numerusform>%n 条提示</numerusform>
        </translation>
    </message>
    <message>
        <source>No issues found</source>
        <translation>未发现问题</translation>
    </message>
</context>
<context>
    <name>ProblemRow</name>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Show: {problem}</source>
        <translation>查看：{problem}</translation>
    </message>
</context>
<context>
    <name>ProblemSentences</name>
    <message>
        <source>A cross-page seal needs at least two pages.</source>
        <translation>骑缝章至少需要两页。</translation>
    </message>
    <message>
        <source>A document has no name.</source>
        <translation>有文件没有名称。</translation>
    </message>
    <message>
        <source>A keyword seal has no keyword.</source>
        <translation>有关键字印章没有填写关键字。</translation>
    </message>
    <message>
        <source>A quarter of your plan or less is left.</source>
        <translation>套餐余量已不足 25%。</translation>
    </message>
    <message>
        <source>A seal belongs to a document or signer that no longer exists. Remove it.</source>
        <translation>有印章所属的文件或签署方已不存在：请移除该印章。</translation>
    </message>
    <message>
        <source>A seal extends past the edge of page {page} and would be cut off.</source>
        <translation>有印章超出第 {page} 页边缘，会被截断。</translation>
    </message>
    <message>
        <source>A seal is mostly outside page {page}. Move it.</source>
        <translation>有印章大部分在第 {page} 页之外：请移动它。</translation>
    </message>
    <message>
        <source>A seal is set for pages {pages}, but the document has only {page_count}.</source>
        <translation>有印章指定在第 {pages} 页，但文件只有 {page_count} 页。</translation>
    </message>
    <message>
        <source>A tenth of your plan or less is left.</source>
        <translation>套餐余量已不足 10%。</translation>
    </message>
    <message>
        <source>Across {count} pages, each part of the cross-page seal is only {slice_mm} mm wide. Choose fewer pages.</source>
        <translation>骑缝章分到 {count} 页，每页仅 {slice_mm} 毫米宽：请减少页数。</translation>
    </message>
    <message>
        <source>Add a PDF to continue.</source>
        <translation>还没有文件：请添加待签署的 PDF。</translation>
    </message>
    <message>
        <source>By this computer&apos;s count, this contract uses {count} from your plan, which has only {left} left. The platform will reject the contract.</source>
        <translation>按本机统计，套餐仅剩 {left} 份，本合同需要 {count} 份，平台将拒绝发起。</translation>
    </message>
    <message>
        <source>By this computer&apos;s count, your plan is used up and the platform will reject this contract.</source>
        <translation>按本机统计，套餐已用完，平台将拒绝发起本合同。</translation>
    </message>
    <message>
        <source>Page {page} is rotated or cropped, and the platform may place the seal elsewhere. Check the signed file.</source>
        <translation>第 {page} 页被旋转或裁剪，平台可能把印章盖在别处。请核对签署后的文件。</translation>
    </message>
    <message>
        <source>Page {page} spells “{keyword}” as “{text}”, and the platform may not find it. Use that spelling or a fixed position.</source>
        <translation>第 {page} 页的原文为“{text}”，与“{keyword}”不同，平台可能找不到。请改用文件中的写法或坐标定位。</translation>
    </message>
    <message>
        <source>Signer {number} has a new mobile number or email address. Enter the ID number, or leave both empty.</source>
        <translation>签署方 {number} 更换了手机号或邮箱：请填写证件号码，或将两项留空。</translation>
    </message>
    <message>
        <source>Signer {number} has a new representative. Enter the organization&apos;s registration number.</source>
        <translation>签署方 {number} 更换了经办人：请填写企业证照号码。</translation>
    </message>
    <message>
        <source>Signer {number} has no document to sign. Place a seal for this signer, or let the signer place it.</source>
        <translation>签署方 {number} 不签署任何文件：请为其放置印章，或由其自行放置。</translation>
    </message>
    <message>
        <source>Signer {number} has no name.</source>
        <translation>签署方 {number} 没有名称。</translation>
    </message>
    <message>
        <source>Signer {number} has no seal position. This signer will sign every document and choose where to place the seal.</source>
        <translation>签署方 {number} 未指定签署位置：将由其签署全部文件并自行放置印章。</translation>
    </message>
    <message>
        <source>Signer {number} is a person who signs automatically. The platform may require an authorization.</source>
        <translation>签署方 {number} 是自动签署的个人，平台可能要求先行授权。</translation>
    </message>
    <message>
        <source>Signer {number} is listed twice. Assign all seals to one entry and remove the other.</source>
        <translation>签署方 {number} 重复：请将印章归到其中一个，并移除另一个。</translation>
    </message>
    <message>
        <source>Signer {number} is notified by email but has no email address.</source>
        <translation>签署方 {number} 需邮件通知，但没有邮箱。</translation>
    </message>
    <message>
        <source>Signer {number} is to be notified by SMS but has no mobile number.</source>
        <translation>签署方 {number} 需短信通知，但没有手机号。</translation>
    </message>
    <message>
        <source>Signer {number} signs automatically and needs a seal position.</source>
        <translation>签署方 {number} 为自动签署，必须指定印章位置。</translation>
    </message>
    <message>
        <source>Signer {number}: invalid email address.</source>
        <translation>签署方 {number}：邮箱地址无效。</translation>
    </message>
    <message>
        <source>Signer {number}: invalid mobile number.</source>
        <translation>签署方 {number}：手机号无效。</translation>
    </message>
    <message>
        <source>Signer {number}: only one signer can use our seal.</source>
        <translation>签署方 {number}：我方印章只能由一个签署方使用。</translation>
    </message>
    <message>
        <source>Signer {number}: the ID number is invalid. Check for typing mistakes.</source>
        <translation>签署方 {number}：证件号码无效，请检查是否输错。</translation>
    </message>
    <message>
        <source>Signer {number}: the ID number is missing.</source>
        <translation>签署方 {number}：缺少证件号码。</translation>
    </message>
    <message>
        <source>Signer {number}: the account isn&apos;t known in this environment. Enter the ID number.</source>
        <translation>签署方 {number}：当前环境中没有该账号，请填写证件号码。</translation>
    </message>
    <message>
        <source>Signer {number}: the organization&apos;s registration number is missing.</source>
        <translation>签署方 {number}：缺少企业证照号码。</translation>
    </message>
    <message>
        <source>Signer {number}: the organization&apos;s representative has no name.</source>
        <translation>签署方 {number}：企业经办人没有姓名。</translation>
    </message>
    <message>
        <source>Signer {number}: the registration number is invalid. Check for typing mistakes.</source>
        <translation>签署方 {number}：证照号码无效，请检查是否输错。</translation>
    </message>
    <message>
        <source>Signer {number}: the representative hasn&apos;t changed, so the platform keeps the earlier legal representative and email address.</source>
        <translation>签署方 {number}：经办人不变时，平台沿用原法定代表人和邮箱。</translation>
    </message>
    <message>
        <source>Signer {number}: this residence permit number for residents of Hong Kong, Macao or Taiwan has no matching type on the platform. It will be submitted as an identity card. If the platform rejects it, choose the travel permit.</source>
        <translation>签署方 {number}：这是港澳台居民居住证的号码，平台没有对应的证件类型。将按居民身份证提交；若被拒绝，请改选来往内地（大陆）通行证。</translation>
    </message>
    <message>
        <source>Signer {number}: your reference is longer than 50 bytes.</source>
        <translation>签署方 {number}：内部编号超过 50 个字节。</translation>
    </message>
    <message>
        <source>Still searching for “{keyword}”.</source>
        <translation>正在查找“{keyword}”。</translation>
    </message>
    <message>
        <source>The ID number of signer {number} is saved on this computer under another name. Check the name and the ID number.</source>
        <translation>签署方 {number} 的证件号码在本机登记的是另一姓名，请核对姓名和号码。</translation>
    </message>
    <message>
        <source>The QR mark has no effect on a seal that spans several pages.</source>
        <translation>多页印章上的二维码标识无效。</translation>
    </message>
    <message>
        <source>The account or reference of signer {number} is saved on this computer under another name.</source>
        <translation>签署方 {number} 的账号或内部编号在本机登记的是另一个姓名。</translation>
    </message>
    <message>
        <source>The archiving period would end before the signing deadline. Choose a later date.</source>
        <translation>存档截止时间早于签署截止时间：请选择更晚的时间。</translation>
    </message>
    <message>
        <source>The contract has no signers.</source>
        <translation>尚无签署方。</translation>
    </message>
    <message>
        <source>The contract has no title.</source>
        <translation>合同还没有标题。</translation>
    </message>
    <message>
        <source>The cross-page seal includes a rotated page; the part on that page may appear on a different edge.</source>
        <translation>骑缝章所在页面有旋转，章块可能落在其他边缘。</translation>
    </message>
    <message>
        <source>The file of “{name}” has changed since you opened it.</source>
        <translation>“{name}”的文件在打开后已被改动。</translation>
    </message>
    <message>
        <source>The form “{name}” is empty and will be sent as it is in the template.</source>
        <translation>表单“{name}”未填写任何内容，将按模板原样发出。</translation>
    </message>
    <message>
        <source>The form “{name}” is empty, and an empty form can&apos;t replace the contract being corrected. Fill it in below the document.</source>
        <translation>表单“{name}”尚未填写，空白表单不能替换被更正的合同：请在文件下方填写。</translation>
    </message>
    <message>
        <source>The form “{name}” still has empty fields ({count}): {fields}. Fill them in below the document.</source>
        <translation>表单“{name}”尚缺 {count} 项：{fields}。请在左侧文件下方填写。</translation>
    </message>
    <message>
        <source>The initiator has no platform account in this environment. Choose again.</source>
        <translation>发起方在当前环境尚无平台账号，请重新选择。</translation>
    </message>
    <message>
        <source>The initiator is no longer a signer. Choose another.</source>
        <translation>发起方已不在签署方之列：请另选。</translation>
    </message>
    <message>
        <source>The keyword “{keyword}” is longer than 30 characters. The platform may reject it.</source>
        <translation>关键字“{keyword}”超过 30 个字符，平台可能不接受。</translation>
    </message>
    <message>
        <source>The name “{name}” is very long. The platform may shorten it.</source>
        <translation>名称“{name}”过长，平台可能会截断。</translation>
    </message>
    <message>
        <source>The page after signing must be a complete http or https address.</source>
        <translation>跳转地址须为完整的 http 或 https 地址。</translation>
    </message>
    <message>
        <source>The pages of the cross-page seal differ in size, so its parts may not align.</source>
        <translation>骑缝章所在页面大小不一，各页章块可能无法对齐。</translation>
    </message>
    <message>
        <source>The pages of “{block}” after “{name}” are missing or have changed on this computer. Add the file again.</source>
        <translation>“{name}”末尾的附加页“{block}”在本机已丢失或被改动，请重新添加该文件。</translation>
    </message>
    <message>
        <source>The payer has no platform account in this environment. Choose again.</source>
        <translation>付费方在当前环境尚无平台账号，请重新选择。</translation>
    </message>
    <message>
        <source>The payer is no longer a signer. Choose another.</source>
        <translation>付费方已不在签署方之列：请另选。</translation>
    </message>
    <message>
        <source>The platform notifies no one. Show the QR code or share the link yourself.</source>
        <translation>平台不会通知任何人：请出示二维码或自行转发签署链接。</translation>
    </message>
    <message>
        <source>The signing deadline has already passed. Choose a later one.</source>
        <translation>签署截止时间已过：请选择更晚的时间。</translation>
    </message>
    <message>
        <source>The text next to a seal on page {page} wasn&apos;t found in the new version. Move the seal, or confirm its position.</source>
        <translation>新版本中找不到第 {page} 页一枚印章旁的文字：请移动印章，或确认其位置。</translation>
    </message>
    <message>
        <source>The values of the form “{name}” aren&apos;t known on this computer, and an empty form can&apos;t replace the contract being corrected. Revoke that contract in Track, and start a new one from the preset.</source>
        <translation>本机无法得知表单“{name}”原先填写了什么，空白表单不能替换被更正的合同：请在“跟踪”中撤回该合同，再从常用合同新建合同。</translation>
    </message>
    <message>
        <source>Two seals overlap on page {page}.</source>
        <translation>第 {page} 页有两枚印章重叠。</translation>
    </message>
    <message>
        <source>Your plan ends within 15 days.</source>
        <translation>套餐将在 15 天内到期。</translation>
    </message>
    <message>
        <source>Your plan ends within 30 days.</source>
        <translation>套餐将在 30 天内到期。</translation>
    </message>
    <message>
        <source>Your plan has ended. The platform will reject this contract.</source>
        <translation>套餐已到期，平台将拒绝发起本合同。</translation>
    </message>
    <message>
        <source>{count} pages would follow “{name}”; the platform accepts at most {most}. Shorten the tables or remove pages.</source>
        <translation>“{name}”之后将有 {count} 页附加页，平台最多接受 {most} 页：请缩短附表或移除附加页。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” can have at most {most} characters.</source>
        <translation>“{name}”的“{field}”最多 {most} 个字。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” is a check box; it can only be selected or left empty.</source>
        <translation>“{name}”的“{field}”只能勾选或留空。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” is far too long for its field and will be cut off.</source>
        <translation>“{name}”的“{field}”过长，将无法完整显示。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” is too long for its field. The text will be reduced from {usual_pt} pt to {size_pt} pt.</source>
        <translation>“{name}”的“{field}”超出填写区域：字号将由 {usual_pt} pt 缩小为 {size_pt} pt。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” must be a number.</source>
        <translation>“{name}”的“{field}”须为数字。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” must be a valid date, such as 2026-03-09.</source>
        <translation>“{name}”的“{field}”须为真实存在的日期，例如 2026-03-09。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” must be an amount in yuan, such as 12,000.50.</source>
        <translation>“{name}”的“{field}”须为以元计的金额，例如 12,000.50。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” must be one of: {choices}.</source>
        <translation>“{name}”的“{field}”须为下列选项之一：{choices}。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” will take {count} lines.</source>
        <translation>“{name}”的“{field}”将分 {count} 行显示。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}”: invalid ID number. Check for typing mistakes.</source>
        <translation>“{name}”的“{field}”证件号码无效，请检查是否输错。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}”: invalid mobile number.</source>
        <translation>“{name}”的“{field}”手机号无效。</translation>
    </message>
    <message>
        <source>“{keyword}” appears {count} times in “{name}”, so {count} seals will be placed. Please confirm.</source>
        <translation>“{keyword}”在“{name}”中出现 {count} 处，将盖 {count} 枚印章。请确认。</translation>
    </message>
    <message>
        <source>“{keyword}” isn&apos;t in “{name}”, and page {pages} is a scan without text. Place the seal there by clicking.</source>
        <translation>“{name}”中没有“{keyword}”；第 {pages} 页是没有文字层的扫描页，请在该页点击放置印章。</translation>
    </message>
    <message>
        <source>“{keyword}” isn&apos;t in “{name}”, so no seal would be placed.</source>
        <translation>“{name}”中没有“{keyword}”：不会盖任何章。</translation>
    </message>
    <message>
        <source>“{name}” has no signer. Place a seal on it or remove it.</source>
        <translation>没有人签署“{name}”：请在其上放置印章，或将其移除。</translation>
    </message>
    <message>
        <source>“{name}” is a scan without text, so “{keyword}” can&apos;t be found. Place the seal by clicking.</source>
        <translation>“{name}”是没有文字层的扫描件，无法查找“{keyword}”：请点击页面放置印章。</translation>
    </message>
    <message>
        <source>“{name}” is digitally signed. A seal would invalidate the signature.</source>
        <translation>“{name}”已有数字签名；再次盖章会破坏原有签名。</translation>
    </message>
    <message>
        <source>“{name}” is encrypted, and the platform may reject it. If you&apos;re allowed to, save an unprotected copy.</source>
        <translation>“{name}”已加密，平台可能拒收。如有权限，请另存为未加密的副本。</translation>
    </message>
    <message>
        <source>“{name}” is no longer in its folder.</source>
        <translation>“{name}”已不在原文件夹中。</translation>
    </message>
    <message>
        <source>“{name}” is {size_mb} MB; the upload may be slow.</source>
        <translation>“{name}”大小为 {size_mb} MB，上传可能较慢。</translation>
    </message>
    <message>
        <source>“{name}” was damaged and repaired for display. Check every page before sending.</source>
        <translation>“{name}”文件有损坏，已修复后显示；发起前请逐页核对。</translation>
    </message>
</context>
<context>
    <name>ProblemsBar</name>
    <message numerus="yes">
        <source>%n to do</source>
        <translation>
            <numerusform>%n 处待办</numerusform>
        </translation>
    </message>
    <message>
        <source>Add document</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Add signer</source>
        <translation>添加签署方</translation>
    </message>
    <message>
        <source>Check documents</source>
        <translation>检查文件</translation>
    </message>
    <message>
        <source>Check form</source>
        <translation>检查表单</translation>
    </message>
    <message>
        <source>Check keyword</source>
        <translation>检查关键字</translation>
    </message>
    <message>
        <source>Check seals</source>
        <translation>检查印章</translation>
    </message>
    <message>
        <source>Complete options</source>
        <translation>完善签署选项</translation>
    </message>
    <message>
        <source>Complete signer {number}</source>
        <translation>完善签署方 {number}</translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation>Ctrl+Enter</translation>
    </message>
    <message>
        <source>Everything is ready. Review before sending.</source>
        <translation>一切就绪。发起前请核对。</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题列表</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message numerus="yes">
        <source>Review and send — reserves %n contract(s)</source>
        <translation>
            <numerusform>核对并发起 — 冻结 %n 份合同</numerusform>
        </translation>
    </message>
    <message>
        <source>Review and send — someone else pays</source>
        <translation>核对并发起 — 由他人付费</translation>
    </message>
    <message>
        <source>Show all (F8 goes to the next)</source>
        <translation>显示全部（F8 跳到下一处）</translation>
    </message>
</context>
<context>
    <name>PropertiesPanel</name>
    <message numerus="yes">
        <source>%n match(es), on page {pages}</source>
        <translation>
            <numerusform>%n 处，位于第 {pages} 页</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seal(s) selected</source>
        <translation>
            <numerusform>已选 %n 枚印章</numerusform>
        </translation>
    </message>
    <message>
        <source>Center from bottom</source>
        <translation>中心距下</translation>
    </message>
    <message>
        <source>Center from left</source>
        <translation>中心距左</translation>
    </message>
    <message>
        <source>Convert to coordinates</source>
        <translation>转为坐标</translation>
    </message>
    <message>
        <source>Convert to coordinates and select this match</source>
        <translation>转为坐标，并选中所选的一处</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>找到</translation>
    </message>
    <message>
        <source>Horizontal offset</source>
        <translation>水平偏移</translation>
    </message>
    <message>
        <source>Keep this size in the list</source>
        <translation>将此大小保留在列表</translation>
    </message>
    <message>
        <source>Keyword</source>
        <translation>关键字</translation>
    </message>
    <message>
        <source>Move one seal separately</source>
        <translation>单独移动一枚</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页码</translation>
    </message>
    <message>
        <source>Remove this size from the list</source>
        <translation>从列表移除此大小</translation>
    </message>
    <message>
        <source>Replace the keyword with a movable seal at each selected match</source>
        <translation>不再使用关键字，在每个勾选处各放一枚可移动的印章</translation>
    </message>
    <message>
        <source>Several seals, each across fewer pages so that its parts stay visible</source>
        <translation>分成多枚，每枚跨较少页，使章块清晰可见</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>The position is correct in this version</source>
        <translation>在新版本上位置无误</translation>
    </message>
    <message>
        <source>Vertical offset</source>
        <translation>垂直偏移</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>With a QR mark next to the seal</source>
        <translation>印章旁加二维码标识</translation>
    </message>
    <message numerus="yes">
        <source>Yes, place %n seal(s)</source>
        <translation>
            <numerusform>确认盖 %n 枚印章</numerusform>
        </translation>
    </message>
    <message>
        <source>e.g. 1-3,5</source>
        <translation>如 1-3,5</translation>
    </message>
    <message>
        <source>not found; no seal would be placed</source>
        <translation>未找到：不会盖任何章</translation>
    </message>
    <message>
        <source>searching…</source>
        <translation>正在查找…</translation>
    </message>
</context>
<context>
    <name>ProposalBar</name>
    <message numerus="yes">
        <source>%n seal position(s)</source>
        <translation>
            <numerusform>%n 处印章位置</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n signer(s)</source>
        <translation>
            <numerusform>%n 方</numerusform>
        </translation>
    </message>
    <message>
        <source>Accept all (Enter)</source>
        <translation>全部采用 (Enter)</translation>
    </message>
    <message>
        <source>Found: {names}</source>
        <translation>识别到：{names}</translation>
    </message>
    <message>
        <source>Found: {names}; {places}</source>
        <translation>识别到：{names}，{places}</translation>
    </message>
    <message>
        <source>Include &amp;cross-page seal</source>
        <translation>含骑缝章(&amp;C)</translation>
    </message>
    <message>
        <source>Not now (Esc)</source>
        <translation>暂不采用 (Esc)</translation>
    </message>
    <message>
        <source>{places} found for {names}</source>
        <translation>识别到{names}的 {places}</translation>
    </message>
    <message>
        <source>{role} (organization)</source>
        <translation>{role}（企业）</translation>
    </message>
    <message>
        <source>{role} (person)</source>
        <translation>{role}（个人）</translation>
    </message>
</context>
<context>
    <name>ProposalController</name>
    <message>
        <source>No more signers or seal positions found in “{name}”.</source>
        <translation>未在“{name}”中识别到更多签署方或印章位置。</translation>
    </message>
    <message>
        <source>Proposal dismissed, {left} left. To restore it, choose “Find signers and seals”.</source>
        <translation>已忽略该处建议，还剩 {left} 处。点击“识别签署方和印章位置”可恢复。</translation>
    </message>
</context>
<context>
    <name>QrCard</name>
    <message>
        <source>Can&apos;t reach the platform at the moment. The QR code is still valid.</source>
        <translation>暂时无法连接平台；二维码仍然有效。</translation>
    </message>
    <message>
        <source>Completed</source>
        <translation>已全部签署</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>复制链接</translation>
    </message>
    <message>
        <source>Ended: a signer declined or signing failed</source>
        <translation>已终止：有人拒签，或签署失败</translation>
    </message>
    <message>
        <source>Expired</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>Link copied. Anyone with the link can sign, so share it carefully.</source>
        <translation>链接已复制：持有链接即可签署，请谨慎转发。</translation>
    </message>
    <message>
        <source>No QR code for this signer</source>
        <translation>该签署方没有二维码</translation>
    </message>
    <message>
        <source>Open in browser</source>
        <translation>在浏览器中打开</translation>
    </message>
    <message>
        <source>Print</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>Revoked</source>
        <translation>已撤回</translation>
    </message>
    <message>
        <source>Save QR code as image</source>
        <translation>将二维码保存为图片</translation>
    </message>
    <message>
        <source>Save image</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>Signing QR code for {name}</source>
        <translation>{name} 的签署二维码</translation>
    </message>
    <message>
        <source>Signing failed: {name}</source>
        <translation>{name} 签署失败</translation>
    </message>
    <message>
        <source>The QR code is no longer valid.</source>
        <translation>二维码已失效。</translation>
    </message>
    <message>
        <source>The image couldn&apos;t be saved at this location.</source>
        <translation>无法将图片写入该位置。</translation>
    </message>
    <message>
        <source>The platform contacts this signer at {address}</source>
        <translation>平台联系方式：{address}</translation>
    </message>
    <message>
        <source>The platform returned no signing link and notifies the signer itself.</source>
        <translation>平台未返回签署链接，将自行通知该签署方。</translation>
    </message>
    <message>
        <source>The signing deadline has passed.</source>
        <translation>已过签署截止时间。</translation>
    </message>
    <message>
        <source>Valid for another {span}, until {moment} China time</source>
        <translation>剩余有效期 {span}，至北京时间 {moment}</translation>
    </message>
    <message>
        <source>{name} has declined</source>
        <translation>{name} 已拒签</translation>
    </message>
    <message>
        <source>{name} has signed</source>
        <translation>{name} 已签署</translation>
    </message>
</context>
<context>
    <name>QrWindow</name>
    <message>
        <source>Signing QR code</source>
        <translation>签署二维码</translation>
    </message>
</context>
<context>
    <name>QuotaDialog</name>
    <message numerus="yes">
        <source>%n day(s) left</source>
        <translation>
            <numerusform>还有 %n 天到期</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Count from now on</source>
        <translation>从现在起计(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Valid until</source>
        <translation>有效期至(&amp;V)</translation>
    </message>
    <message>
        <source>About {left} of {total} left, counted since {moment}</source>
        <translation>约剩 {left} / {total} 份，自 {moment} 起计</translation>
    </message>
    <message>
        <source>Contracts &amp;left, as shown by the platform</source>
        <translation>平台页面显示的剩余份数(&amp;L)</translation>
    </message>
    <message>
        <source>Contracts left</source>
        <translation>剩余份数</translation>
    </message>
    <message>
        <source>Contracts used and left</source>
        <translation>合同用量与余量</translation>
    </message>
    <message>
        <source>How many contracts are left? Enter the number that the platform shows.</source>
        <translation>还剩多少份？请填入平台页面显示的数字。</translation>
    </message>
    <message>
        <source>Reserved {reserved} · used {used} · released {released}</source>
        <translation>冻结 {reserved} · 扣减 {used} · 释放 {released}</translation>
    </message>
    <message>
        <source>This is an estimate by this computer. It doesn&apos;t include contracts sent from other computers or paid for by signers.</source>
        <translation>此为本机估算，不含其他电脑发起的合同和由签署方付费的合同。</translation>
    </message>
    <message>
        <source>Total contracts in the &amp;plan</source>
        <translation>套餐总份数(&amp;P)</translation>
    </message>
    <message>
        <source>Valid until</source>
        <translation>有效期至</translation>
    </message>
    <message>
        <source>{count} (¥{amount})</source>
        <translation>{count}（¥{amount}）</translation>
    </message>
    <message>
        <source>{text}; {days}</source>
        <translation>{text}；{days}</translation>
    </message>
</context>
<context>
    <name>QuotaWords</name>
    <message>
        <source>A quarter of your plan or less is left.</source>
        <translation>套餐余量已不足 25%。</translation>
    </message>
    <message>
        <source>A tenth of your plan or less is left.</source>
        <translation>套餐余量已不足 10%。</translation>
    </message>
    <message>
        <source>About {left} of {total} contracts left</source>
        <translation>套餐约剩 {left} / {total} 份</translation>
    </message>
    <message>
        <source>Plan ended</source>
        <translation>套餐已到期</translation>
    </message>
    <message>
        <source>Plan ends on {day}</source>
        <translation>套餐 {day} 到期</translation>
    </message>
    <message>
        <source>Plan used up</source>
        <translation>套餐已用完</translation>
    </message>
    <message>
        <source>Your plan ends within 15 days.</source>
        <translation>套餐将在 15 天内到期。</translation>
    </message>
    <message>
        <source>Your plan ends within 30 days.</source>
        <translation>套餐将在 30 天内到期。</translation>
    </message>
    <message>
        <source>Your plan has ended. The platform will reject contracts.</source>
        <translation>套餐已到期，平台将拒绝发起合同。</translation>
    </message>
    <message>
        <source>Your plan is used up. The platform will reject contracts.</source>
        <translation>套餐已用完，平台将拒绝发起合同。</translation>
    </message>
</context>
<context>
    <name>Rail</name>
    <message>
        <source>Sections</source>
        <translation>功能区</translation>
    </message>
</context>
<context>
    <name>ReadinessList</name>
    <message>
        <source>Check again</source>
        <translation>再次查询</translation>
    </message>
    <message>
        <source>Checking accounts, plan and files…</source>
        <translation>正在核对账号、套餐和文件…</translation>
    </message>
    <message>
        <source>Checking with the platform ({host})…</source>
        <translation>正在向平台（{host}）查询…</translation>
    </message>
    <message>
        <source>Couldn&apos;t check with the platform. {reason}</source>
        <translation>未能向平台查询。{reason}</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>套餐</translation>
    </message>
    <message>
        <source>Plan: another party pays</source>
        <translation>套餐：由其他方付费</translation>
    </message>
    <message>
        <source>Plan: contracts left unknown; enter the number in Track</source>
        <translation>套餐：余量未知，可在“跟踪”中填写</translation>
    </message>
    <message>
        <source>Plan: {left} left by this computer&apos;s count, {count} needed</source>
        <translation>套餐：本机统计剩余 {left} 份，本次需要 {count} 份</translation>
    </message>
    <message>
        <source>Signer {number}, {name}</source>
        <translation>签署方 {number}，{name}</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stopped. The rest will be checked when you send.</source>
        <translation>已停止查询，其余各项在发起时核对。</translation>
    </message>
    <message>
        <source>The platform ({host}) is reachable.</source>
        <translation>平台（{host}）连接正常。</translation>
    </message>
    <message>
        <source>checking…</source>
        <translation>正在核对…</translation>
    </message>
    <message>
        <source>couldn&apos;t be checked; will be checked when you send</source>
        <translation>未能核对，发起时再核对</translation>
    </message>
    <message>
        <source>{party}: has account</source>
        <translation>{party}：已有账号</translation>
    </message>
    <message>
        <source>{party}: new account</source>
        <translation>{party}：发起时创建账号</translation>
    </message>
    <message>
        <source>{what}: {state}</source>
        <translation>{what}：{state}</translation>
    </message>
    <message>
        <source>“{name}”: file unchanged</source>
        <translation>“{name}”：文件未变</translation>
    </message>
</context>
<context>
    <name>ReadinessRow</name>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Show: {problem}</source>
        <translation>查看：{problem}</translation>
    </message>
</context>
<context>
    <name>ReadingCard</name>
    <message numerus="yes">
        <source>%n row(s) read</source>
        <translation>
            <numerusform>已读取 %n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading sheet</source>
        <translation>正在读取表格</translation>
    </message>
    <message>
        <source>Reading “{name}”…</source>
        <translation>正在读取“{name}”…</translation>
    </message>
    <message>
        <source>Stop reading</source>
        <translation>停止读取</translation>
    </message>
    <message>
        <source>Stop reading (Esc)</source>
        <translation>停止读取（Esc）</translation>
    </message>
</context>
<context>
    <name>Rebuilding</name>
    <message>
        <source>Contracts restored: {flows}, with {links} signing links. Already on this computer: {known}.</source>
        <translation>已恢复合同 {flows} 份、签署链接 {links} 个；本机已有 {known} 份。</translation>
    </message>
    <message>
        <source>Lines of the ledger that can&apos;t be read: {count}. Contracts and links may be missing.</source>
        <translation>台账中无法读取的行：{count} 行，可能缺少合同和签署链接。</translation>
    </message>
    <message>
        <source>No usable backup from before the upgrade was found.</source>
        <translation>没有找到可用的升级前备份。</translation>
    </message>
    <message>
        <source>To start with this backup, use {option}</source>
        <translation>使用此备份启动：{option}</translation>
    </message>
</context>
<context>
    <name>RehearsalPanel</name>
    <message numerus="yes">
        <source>%n extra seal(s) found that you didn&apos;t place.</source>
        <translation>
            <numerusform>有 %n 处多出的印章，不是您放置的。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seal(s) aren&apos;t where you placed them.</source>
        <translation>
            <numerusform>有 %n 枚印章不在所设位置。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n seal(s) are where you placed them.</source>
        <translation>
            <numerusform>%n 枚印章均在所设位置。</numerusform>
        </translation>
    </message>
    <message>
        <source>All signers can sign.</source>
        <translation>各签署方均可签署。</translation>
    </message>
    <message>
        <source>Back to contract</source>
        <translation>返回合同</translation>
    </message>
    <message>
        <source>Back to review</source>
        <translation>返回核对</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Checking each seal on the sealed pages…</source>
        <translation>正在逐一核对印章位置…</translation>
    </message>
    <message>
        <source>Extra seal</source>
        <translation>未放置的印章</translation>
    </message>
    <message>
        <source>In the rehearsal, seals that signers place themselves appear at the bottom of the last page.</source>
        <translation>自行选择位置的签署方，演练中盖在最后一页下方。</translation>
    </message>
    <message>
        <source>Nothing is sent until you click “Send now” in the review.</source>
        <translation>在核对页点击“立即发起”之前，不会发起任何合同。</translation>
    </message>
    <message>
        <source>REHEARSAL</source>
        <translation>演练</translation>
    </message>
    <message>
        <source>Rehearsal — {title}</source>
        <translation>演练 — {title}</translation>
    </message>
    <message>
        <source>Sealed documents</source>
        <translation>盖章后的文件</translation>
    </message>
    <message>
        <source>Seals</source>
        <translation>印章</translation>
    </message>
    <message>
        <source>Send for real…</source>
        <translation>正式发起…</translation>
    </message>
    <message>
        <source>Sending the contract to the rehearsal…</source>
        <translation>正在向演练平台发起合同…</translation>
    </message>
    <message>
        <source>Signing as all signers…</source>
        <translation>各签署方正在演练签署…</translation>
    </message>
    <message>
        <source>Starting rehearsal platform on this computer…</source>
        <translation>正在本机启动演练平台…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>in the right place</source>
        <translation>位置正确</translation>
    </message>
    <message>
        <source>in the wrong place</source>
        <translation>位置不符</translation>
    </message>
    <message>
        <source>{document} p. {page}</source>
        <translation>{document} 第 {page} 页</translation>
    </message>
    <message>
        <source>{document} p. {page}
{left} mm from left, {up} mm from bottom</source>
        <translation>{document} 第 {page} 页
距左边 {left} mm，距下边 {up} mm</translation>
    </message>
</context>
<context>
    <name>Reminding</name>
    <message numerus="yes">
        <source>%n contract(s) without a reminder were left out.</source>
        <translation>
            <numerusform>%n 份合同没有提醒，已略过。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n reminder(s) copied.</source>
        <translation>
            <numerusform>已复制 %n 条提醒。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n reminder(s) saved.</source>
        <translation>
            <numerusform>已保存 %n 条提醒。</numerusform>
        </translation>
    </message>
    <message>
        <source>Anyone who has the link can sign.</source>
        <translation>任何人拿到链接都可以签署。</translation>
    </message>
    <message>
        <source>Contract</source>
        <translation>合同</translation>
    </message>
    <message>
        <source>Due</source>
        <translation>签署截止</translation>
    </message>
    <message>
        <source>Hello {name}, “{title}” is ready for your signature: {link}</source>
        <translation>{name}您好，《{title}》待您签署：{link}</translation>
    </message>
    <message>
        <source>Hello {name}, “{title}” is ready for your signature: {link} (valid until {moment})</source>
        <translation>{name}您好，《{title}》待您签署：{link} （{moment}前有效）</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>链接</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>No reminder to copy: no signature is due now, or the platform returned no link.</source>
        <translation>没有可复制的提醒：现在没有待签的签署方，或平台没有返回链接。</translation>
    </message>
    <message>
        <source>Save reminders</source>
        <translation>保存提醒</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
</context>
<context>
    <name>ReplacedProgram</name>
    <message>
        <source>Close and restart the program before you send again. Drafts are saved, and sending in progress will continue where it stopped.</source>
        <translation>请关闭后重新启动，再进行下一次发起。草稿已保存，正在进行的发起会从中断处继续。</translation>
    </message>
    <message>
        <source>This program was replaced while it was open.</source>
        <translation>本程序在打开期间已被更新或移除。</translation>
    </message>
</context>
<context>
    <name>ReportDialog</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>打开日志文件夹</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>错误报告</translation>
    </message>
    <message>
        <source>Something went wrong</source>
        <translation>程序出错</translation>
    </message>
    <message>
        <source>Something went wrong.</source>
        <translation>程序出错。</translation>
    </message>
    <message>
        <source>You can keep working. Please send this text to support. It contains no personal data.</source>
        <translation>您可以继续工作。请将以下文本发给技术支持，其中不含个人信息。</translation>
    </message>
    <message>
        <source>Your contract couldn&apos;t be saved. Leave the window open and try again.</source>
        <translation>您的合同未能保存：请不要关闭窗口，稍后重试。</translation>
    </message>
    <message>
        <source>Your contract has been saved.</source>
        <translation>您的合同已保存。</translation>
    </message>
</context>
<context>
    <name>RequestPreview</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy request</source>
        <translation>复制请求内容</translation>
    </message>
    <message>
        <source>Request details</source>
        <translation>技术详情</translation>
    </message>
</context>
<context>
    <name>Restoring</name>
    <message>
        <source>Accounts and contacts whose ID numbers, mobile numbers and email addresses were not restored: {count}. The daily backup was made without their key. Enter the data again the next time each person signs.</source>
        <translation>证件号码、手机号和邮箱未能恢复的账号和联系人：{count} 个。这份每日备份中没有对应的密钥；对方下次签署时请重新输入。</translation>
    </message>
    <message>
        <source>Accounts and contacts whose ID numbers, mobile numbers and email addresses were not restored: {count}. The key in the backup can&apos;t decrypt them. Enter the data again the next time each person signs.</source>
        <translation>证件号码、手机号和邮箱未能恢复的账号和联系人：{count} 个。用备份中的密钥无法解开；对方下次签署时请重新输入。</translation>
    </message>
    <message>
        <source>Accounts and contacts whose ID numbers, mobile numbers and email addresses were not restored: {count}. This computer&apos;s keyring is locked or missing. Unlock or enable the keyring, then restore from the same folder again.</source>
        <translation>证件号码、手机号和邮箱尚未恢复的账号和联系人：{count} 个。本机的系统密钥环已锁定或不存在：请先解锁或启用它，再从同一文件夹恢复一次。</translation>
    </message>
    <message>
        <source>Backup passphrase: </source>
        <translation>备份口令：</translation>
    </message>
    <message>
        <source>Contracts that were being sent: {count}. They need your decision in Track. Nothing is sent again automatically.</source>
        <translation>正在发起的合同：{count} 份。它们在“跟踪”中待核实，不会自动再次发起。</translation>
    </message>
    <message>
        <source>Contracts whose sending started but has no further record: {count}. Ask the platform&apos;s support.</source>
        <translation>已开始发起但没有后续记录的合同：{count} 份。请询问平台客服。</translation>
    </message>
    <message>
        <source>Draft documents not in the backup: {count}. Open them again.</source>
        <translation>备份中没有的草稿文件：{count} 个。请重新打开。</translation>
    </message>
    <message>
        <source>Drafts whose form values couldn&apos;t be restored: {count}.</source>
        <translation>未能恢复填写内容的草稿：{count} 份。</translation>
    </message>
    <message>
        <source>Drafts, presets, contacts and accounts are from {time}.</source>
        <translation>草稿、常用合同、联系人和账号为 {time} 的内容。</translation>
    </message>
    <message>
        <source>Files that the daily backup left out: {count}.</source>
        <translation>每日备份未包含的文件：{count} 个。</translation>
    </message>
    <message>
        <source>It&apos;s unclear when the backup ends and what was sent after that. Before you send a draft, ask whether it was already sent.</source>
        <translation>不清楚备份截止到何时、此后发起了什么。发起任何草稿之前，请先确认它是否已经发起。</translation>
    </message>
    <message>
        <source>Never backed up: secrets and passwords (enter them again in Settings) and signed files (download them again in Track).</source>
        <translation>备份中从不包含：密钥和密码（请在“设置”中重新输入）；已签署的文件（请在“跟踪”中重新下载）。</translation>
    </message>
    <message>
        <source>No daily backup could be read, so drafts, presets, contacts and accounts weren&apos;t restored.</source>
        <translation>没有可读取的每日备份：草稿、常用合同、联系人和账号未能恢复。</translation>
    </message>
    <message>
        <source>Restored from {computer}. Contracts: {flows}, drafts: {drafts}, presets: {presets}, contacts: {contacts}, accounts: {accounts}, ID numbers and contact details: {particulars}.</source>
        <translation>已从 {computer} 恢复：合同 {flows} 份，草稿 {drafts} 份，常用合同 {presets} 个，联系人 {contacts} 个，账号 {accounts} 个，证件号码和联系方式 {particulars} 份。</translation>
    </message>
    <message>
        <source>Sheet rows sent from that computer: {count}. Because this computer has sent its own sheets, it can&apos;t recognize those rows. Before you send a sheet that was used on that computer, find out which rows were already sent.</source>
        <translation>在那台电脑上已发起的表格行：{count} 行。本机批量发起过自己的表格，因此无法识别这些行：再次发起那些表格之前，请先确认哪些行已经发起。</translation>
    </message>
    <message>
        <source>The backup ends at {time}. Contracts sent after that aren&apos;t known on this computer. Before you send a draft, ask whether it was already sent.</source>
        <translation>备份截止于 {time}，本机没有此后发起的合同。发起任何草稿之前，请先确认它是否已经发起。</translation>
    </message>
    <message>
        <source>The latest daily backups are damaged ({count}). The backup from {time} was used.</source>
        <translation>最新的每日备份已损坏（{count} 份）；已改用 {time} 的备份。</translation>
    </message>
    <message>
        <source>The ledger backup is partly damaged. Contracts and links may be missing.</source>
        <translation>台账备份有部分损坏：可能缺少合同和链接。</translation>
    </message>
    <message>
        <source>The other computer&apos;s audit log wasn&apos;t restored, because this computer has its own.</source>
        <translation>没有恢复另一台电脑的操作记录：本机已有自己的操作记录。</translation>
    </message>
    <message>
        <source>This computer has no backup until you choose a backup folder in Settings.</source>
        <translation>在“设置”中指定备份文件夹之前，本机没有自己的备份。</translation>
    </message>
    <message>
        <source>Unreadable lines in the ledger backup: at least {count}.</source>
        <translation>台账备份中无法读取的行：至少 {count} 行。</translation>
    </message>
</context>
<context>
    <name>ResultDialog</name>
    <message>
        <source>&amp;Full names and mobile numbers</source>
        <translation>完整姓名和手机号(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Save…</source>
        <translation>保存(&amp;S)…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Each link is next to its signer. Anyone with a link can open the contract.</source>
        <translation>每个链接写在对应签署方旁边。持有链接者即可打开合同。</translation>
    </message>
    <message>
        <source>If unchecked, names are masked and mobile numbers are omitted.</source>
        <translation>不勾选时姓名打码，不写手机号。</translation>
    </message>
    <message>
        <source>Save result</source>
        <translation>保存结果</translation>
    </message>
    <message>
        <source>Signing &amp;links</source>
        <translation>签署链接(&amp;L)</translation>
    </message>
    <message>
        <source>The table lists each row&apos;s contract, status and remark. Also include:</source>
        <translation>结果表列出每一行的合同、状态和说明，还可写入：</translation>
    </message>
    <message>
        <source>This preset sends no notifications. To share the links yourself, include both.</source>
        <translation>该常用合同不发送通知：自行分发链接时，以下两项都需要。</translation>
    </message>
</context>
<context>
    <name>ReviewSheet</name>
    <message numerus="yes">
        <source>%n party(ies) not yet checked</source>
        <translation>
            <numerusform>尚有 %n 方未核对</numerusform>
        </translation>
    </message>
    <message>
        <source>A contract in the payer&apos;s plan is reserved when the payer signs, used when all parties have signed, and released otherwise.</source>
        <translation>付费方签署时冻结其套餐，全部签署完成后扣减，否则释放。</translation>
    </message>
    <message>
        <source>After sending, a contract can&apos;t be changed, only revoked.</source>
        <translation>发起后不可修改，只能撤回后重新发起。</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Back to contract (Esc)</source>
        <translation>返回合同（Esc）</translation>
    </message>
    <message>
        <source>Check before sending</source>
        <translation>发起前请核对</translation>
    </message>
    <message>
        <source>Comparing the document with the signers…</source>
        <translation>正在核对合同文本与签署方…</translation>
    </message>
    <message>
        <source>Contracts are reserved as soon as you create this contract on the platform.</source>
        <translation>在平台准备时即冻结相应份数。</translation>
    </message>
    <message>
        <source>Create on platform</source>
        <translation>在平台准备</translation>
    </message>
    <message>
        <source>Deadline and cost</source>
        <translation>签署期限与费用</translation>
    </message>
    <message>
        <source>No contracts are reserved before that.</source>
        <translation>在此之前不冻结份数。</translation>
    </message>
    <message>
        <source>No contracts are reserved from your plan.</source>
        <translation>不冻结您的套餐。</translation>
    </message>
    <message>
        <source>No one can see a contract created on the platform until you click “Start signing” in Track.</source>
        <translation>在平台准备的合同不对任何人可见，直到您在“跟踪”中点击“开始签署”。</translation>
    </message>
    <message>
        <source>Rehearse first</source>
        <translation>先演练一次</translation>
    </message>
    <message>
        <source>Rehearse this exact contract on this computer and see it sealed. Nothing is sent.</source>
        <translation>在本机原样演练此合同，查看盖章效果，不会真正发起。</translation>
    </message>
    <message>
        <source>Rehearsed: a seal is in the wrong place, or there is an extra seal.</source>
        <translation>已演练：有印章位置不符或多出印章。</translation>
    </message>
    <message>
        <source>Rehearsed: all seals are in the right place.</source>
        <translation>已演练：印章位置均正确。</translation>
    </message>
    <message>
        <source>Reserved contracts are used when all parties have signed, and released if the contract is revoked or declined, or if it expires.</source>
        <translation>全部签署后扣减；若撤回、拒签或过期则释放。</translation>
    </message>
    <message numerus="yes">
        <source>Reserves %n contract(s), about ¥{amount}.</source>
        <translation>
            <numerusform>将冻结 %n 份合同，约 ¥{amount}。</numerusform>
        </translation>
    </message>
    <message>
        <source>Review — {title}</source>
        <translation>核对 — {title}</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发起</translation>
    </message>
    <message>
        <source>Send now</source>
        <translation>立即发起</translation>
    </message>
    <message>
        <source>Send now — with legal effect</source>
        <translation>立即发起 — 具有法律效力</translation>
    </message>
    <message>
        <source>The document couldn&apos;t be compared with the signers.</source>
        <translation>无法核对合同文本与签署方。</translation>
    </message>
    <message>
        <source>The payer doesn&apos;t sign, so only the platform knows when a contract in the payer&apos;s plan is reserved.</source>
        <translation>付费方不参与签署，何时冻结其套餐以平台为准。</translation>
    </message>
    <message>
        <source>This contract replaces the contract of {moment}, which has ended.</source>
        <translation>本合同替代 {moment} 发起的合同，原合同已结束。</translation>
    </message>
    <message>
        <source>This contract replaces the contract of {moment}. When you send this one, the earlier contract is revoked first.</source>
        <translation>本合同替代 {moment} 发起的合同；发起时先撤回原合同。</translation>
    </message>
    <message>
        <source>Who signs what</source>
        <translation>签署安排</translation>
    </message>
    <message numerus="yes">
        <source>{name} pays for %n contract(s).</source>
        <translation>
            <numerusform>由{name}支付 %n 份合同。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RevokeSheet</name>
    <message numerus="yes">
        <source>%n contract(s) couldn&apos;t be revoked:</source>
        <translation>
            <numerusform>%n 份未能撤回：</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s) not revoked because you stopped.</source>
        <translation>
            <numerusform>%n 份因停止而未撤回。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s) revoked.</source>
        <translation>
            <numerusform>已撤回 %n 份合同。</numerusform>
        </translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Contracts that will be revoked</source>
        <translation>将撤回的合同</translation>
    </message>
    <message>
        <source>Don&apos;t revoke</source>
        <translation>不撤回</translation>
    </message>
    <message numerus="yes">
        <source>Revoke %n contract(s)</source>
        <translation>
            <numerusform>撤回 %n 份合同</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Revoke %n contract(s) for all signers? This can&apos;t be undone.</source>
        <translation>
            <numerusform>要对所有签署方撤回 %n 份合同吗？撤回后无法恢复。</numerusform>
        </translation>
    </message>
    <message>
        <source>Revoke contracts</source>
        <translation>撤回合同</translation>
    </message>
    <message numerus="yes">
        <source>Revoking %n contract(s)…</source>
        <translation>
            <numerusform>正在撤回 %n 份合同…</numerusform>
        </translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
</context>
<context>
    <name>RoleFields</name>
    <message>
        <source>A different party each time</source>
        <translation>每次是不同的一方</translation>
    </message>
    <message>
        <source>Our organization</source>
        <translation>我方</translation>
    </message>
    <message>
        <source>Role in the contract</source>
        <translation>合同中的称谓</translation>
    </message>
    <message>
        <source>Shown as</source>
        <translation>显示为</translation>
    </message>
</context>
<context>
    <name>RowFilterBar</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>可发起</translation>
    </message>
    <message>
        <source>Rows to send next and rows being sent</source>
        <translation>接下来要发起的行，以及正在发起的行</translation>
    </message>
    <message>
        <source>Rows with errors, rows that weren&apos;t sent, and rows that need your decision</source>
        <translation>有误的行、未能发起的行，以及待核实的行</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>已发起</translation>
    </message>
    <message>
        <source>To correct</source>
        <translation>待改正</translation>
    </message>
    <message>
        <source>{name} {count}</source>
        <translation>{name} {count}</translation>
    </message>
</context>
<context>
    <name>RowLine</name>
    <message>
        <source>Decide in Track</source>
        <translation>在“跟踪”中处理</translation>
    </message>
    <message>
        <source>Don&apos;t send again</source>
        <translation>不再发起</translation>
    </message>
    <message>
        <source>Next to correct (F8)</source>
        <translation>下一处待改正 (F8)</translation>
    </message>
    <message>
        <source>Row {row} ({names}): {sentences}</source>
        <translation>第 {row} 行（{names}）：{sentences}</translation>
    </message>
    <message>
        <source>Row {row}: {sentences}</source>
        <translation>第 {row} 行：{sentences}</translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>再发一次</translation>
    </message>
    <message>
        <source>Show in Track</source>
        <translation>在“跟踪”中查看</translation>
    </message>
</context>
<context>
    <name>RowTable</name>
    <message>
        <source>Sheet rows</source>
        <translation>表格各行</translation>
    </message>
</context>
<context>
    <name>RowTableModel</name>
    <message>
        <source>Corrected here; the sheet says “{text}”.</source>
        <translation>已在此改正；表中原为“{text}”。</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>{sentence} (+{count})</source>
        <translation>{sentence}（另有 {count} 处）</translation>
    </message>
</context>
<context>
    <name>RowsPane</name>
    <message>
        <source>Choose another contract or sheet; contracts already sent aren&apos;t affected</source>
        <translation>另选合同或表格；已发起的合同不受影响</translation>
    </message>
    <message>
        <source>Close sheet</source>
        <translation>关闭表格</translation>
    </message>
    <message>
        <source>Other sheet…</source>
        <translation>换一张表…</translation>
    </message>
    <message>
        <source>Worksheet</source>
        <translation>工作表</translation>
    </message>
    <message>
        <source>{preset} — {sheet}</source>
        <translation>{preset} — {sheet}</translation>
    </message>
</context>
<context>
    <name>RunWords</name>
    <message numerus="yes">
        <source>%n contract(s) sent</source>
        <translation>
            <numerusform>已发起 %n 份合同</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s) sent in this run</source>
        <translation>
            <numerusform>本次发起 %n 份</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more than your plan has left.</source>
        <translation>
            <numerusform>比套餐余量多 %n 份。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) not sent</source>
        <translation>
            <numerusform>%n 行未发起</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>After signing, signers are redirected to {address}.</source>
        <translation>签署完成后跳转到 {address}。</translation>
    </message>
    <message numerus="yes">
        <source>All %n contract(s) sent.</source>
        <translation>
            <numerusform>%n 份合同已全部发起。</numerusform>
        </translation>
    </message>
    <message>
        <source>Can&apos;t reach the platform: {progress}</source>
        <translation>无法连接平台：{progress}</translation>
    </message>
    <message>
        <source>Each row shows the reason. Correct the rows here or in the sheet. Rows already sent are never sent again.</source>
        <translation>每行都写明了原因。请在这里或在表格中改正；已发起的不会重复发起。</translation>
    </message>
    <message>
        <source>If you run the same sheet again, only new rows are sent.</source>
        <translation>再次运行同一张表，只会发起新增的行。</translation>
    </message>
    <message>
        <source>No column for: {names}. Choose the columns above the table.</source>
        <translation>没有对应这些内容的列：{names}。请在表格上方选择。</translation>
    </message>
    <message>
        <source>No contracts are reserved.</source>
        <translation>不冻结合同份数。</translation>
    </message>
    <message>
        <source>No more contracts are reserved.</source>
        <translation>不再另外冻结合同份数。</translation>
    </message>
    <message>
        <source>No rows</source>
        <translation>没有行</translation>
    </message>
    <message>
        <source>Nothing is lost, even if you close the program now.</source>
        <translation>即使现在退出程序，也不会丢失任何内容。</translation>
    </message>
    <message>
        <source>Nothing is reserved from your plan: according to the preset, someone else pays.</source>
        <translation>按常用合同由他人付费，不冻结您的套餐。</translation>
    </message>
    <message>
        <source>Nothing to send</source>
        <translation>没有可发起的合同</translation>
    </message>
    <message>
        <source>One row needs your decision and won&apos;t be sent twice. You can continue with the others.</source>
        <translation>有一行待核实，不会发起两次。其余各行可以继续。</translation>
    </message>
    <message>
        <source>Paused: {progress}</source>
        <translation>已暂停：{progress}</translation>
    </message>
    <message numerus="yes">
        <source>Reserves %n contract(s), about ¥{amount}</source>
        <translation>
            <numerusform>冻结 %n 份合同，约 ¥{amount}</numerusform>
        </translation>
    </message>
    <message>
        <source>Row {row}, {names}: {values}</source>
        <translation>第 {row} 行，{names}：{values}</translation>
    </message>
    <message numerus="yes">
        <source>Send %n contract(s)</source>
        <translation>
            <numerusform>发起 %n 份合同</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Send %n contract(s) — with legal effect</source>
        <translation>
            <numerusform>发起 %n 份合同 — 具有法律效力</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopped by an error that isn&apos;t caused by the rows. {progress}</source>
        <translation>已停止：出错原因与表格内容无关。{progress}</translation>
    </message>
    <message>
        <source>Stopped: one row couldn&apos;t be confirmed. {progress}</source>
        <translation>已停止：有一行无法确认。{progress}</translation>
    </message>
    <message>
        <source>Stopped: records can&apos;t be saved on this computer. {progress}</source>
        <translation>已停止：本机无法保存记录。{progress}</translation>
    </message>
    <message>
        <source>{count} already sent, skipped</source>
        <translation>{count} 份已发起（不再发起）</translation>
    </message>
    <message>
        <source>{count} awaiting your decision</source>
        <translation>{count} 行待核实</translation>
    </message>
    <message>
        <source>{count} not sent</source>
        <translation>{count} 行未发起</translation>
    </message>
    <message>
        <source>{count} partly sent</source>
        <translation>{count} 份未全部发起</translation>
    </message>
    <message>
        <source>{count} ready</source>
        <translation>{count} 份可发起</translation>
    </message>
    <message>
        <source>{count} to correct</source>
        <translation>{count} 行待改正</translation>
    </message>
    <message>
        <source>{count} with different content</source>
        <translation>{count} 行内容不一致</translation>
    </message>
    <message>
        <source>{done} of {total} sent, {left} left</source>
        <translation>已发起 {done} / {total}，还剩 {left} 份</translation>
    </message>
    <message>
        <source>{field} {value}</source>
        <translation>{field} {value}</translation>
    </message>
    <message>
        <source>{name} seals each contract automatically.</source>
        <translation>{name}对每份合同自动盖章。</translation>
    </message>
    <message>
        <source>{reserved}.</source>
        <translation>{reserved}。</translation>
    </message>
    <message>
        <source>{reserved}: {short}</source>
        <translation>{reserved}：{short}</translation>
    </message>
    <message>
        <source>{reserved}; {left} left after that.</source>
        <translation>{reserved}；之后约剩 {left} 份。</translation>
    </message>
    <message>
        <source>{run}, {count} in total</source>
        <translation>{run}，累计 {count} 份</translation>
    </message>
    <message>
        <source>{sent}, {rest}.</source>
        <translation>{sent}，{rest}。</translation>
    </message>
    <message>
        <source>{sent}.</source>
        <translation>{sent}。</translation>
    </message>
</context>
<context>
    <name>SameForm</name>
    <message>
        <source>Choose the next customer&apos;s document</source>
        <translation>选择下一位客户的文件</translation>
    </message>
    <message>
        <source>Choose the {count} documents of the next customer</source>
        <translation>选择下一位客户的 {count} 份文件</translation>
    </message>
    <message>
        <source>Save as preset…</source>
        <translation>存为常用合同…</translation>
    </message>
    <message>
        <source>You use this form often. Save it as a preset to give it a name.</source>
        <translation>此格式已多次使用，可存为常用合同并为其命名。</translation>
    </message>
</context>
<context>
    <name>SaveSheet</name>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Save preset</source>
        <translation>保存常用合同(&amp;S)</translation>
    </message>
    <message>
        <source>Another preset already has this name.</source>
        <translation>已有同名的常用合同。</translation>
    </message>
    <message>
        <source>Append the same &amp;tables and pages to every contract</source>
        <translation>每份合同末尾都附上这些附表和页面(&amp;T)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Counter &amp;key</source>
        <translation>柜台快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>Enter a name.</source>
        <translation>请填写名称。</translation>
    </message>
    <message>
        <source>For the &amp;counter: sign within 30 minutes by QR code, without notifications</source>
        <translation>用于柜台(&amp;C)：限半小时内扫码签署，不发通知</translation>
    </message>
    <message>
        <source>Or go back, and open a blank form in place of this file.</source>
        <translation>也可以返回，换用空白文件。</translation>
    </message>
    <message>
        <source>Role in the contract</source>
        <translation>合同中的称谓</translation>
    </message>
    <message>
        <source>Role of {name} in the contract</source>
        <translation>{name} 在合同中的称谓</translation>
    </message>
    <message>
        <source>Save as preset</source>
        <translation>存为常用合同</translation>
    </message>
    <message>
        <source>Which signers change each time?</source>
        <translation>哪些签署方每次换成不同的客户？</translation>
    </message>
    <message>
        <source>Without a customer, the preset can be used in Prepare but not at the counter.</source>
        <translation>没有客户角色时，只能在“准备”中使用，不能用于柜台。</translation>
    </message>
    <message>
        <source>a different customer each time</source>
        <translation>每次是不同的客户</translation>
    </message>
    <message>
        <source>always the same</source>
        <translation>固定不变</translation>
    </message>
    <message>
        <source>{name}: a different customer each time</source>
        <translation>{name}：每次是不同的客户</translation>
    </message>
</context>
<context>
    <name>SealBar</name>
    <message>
        <source>Selected seals</source>
        <translation>选中的印章</translation>
    </message>
</context>
<context>
    <name>SealCanvas</name>
    <message numerus="yes">
        <source>%n seal(s) reassigned to {signer}. Press Ctrl+Z to undo.</source>
        <translation>
            <numerusform>已将 %n 枚印章的签署方更换为 {signer}。按 Ctrl+Z 可撤销。</numerusform>
        </translation>
    </message>
    <message>
        <source>A cross-page seal needs at least two pages: {name} has only one.</source>
        <translation>骑缝章至少需要两页，而“{name}”只有一页。</translation>
    </message>
</context>
<context>
    <name>SealDetails</name>
    <message>
        <source>Details of the seal</source>
        <translation>印章的详细设置</translation>
    </message>
</context>
<context>
    <name>SealMenu</name>
    <message>
        <source>Actual size</source>
        <translation>实际大小</translation>
    </message>
    <message>
        <source>Arrange</source>
        <translation>排列</translation>
    </message>
    <message>
        <source>Change signer to</source>
        <translation>更换签署方</translation>
    </message>
    <message>
        <source>Fit page</source>
        <translation>适合整页</translation>
    </message>
    <message>
        <source>Fit width</source>
        <translation>适合宽度</translation>
    </message>
    <message>
        <source>Paste on this page</source>
        <translation>粘贴到本页</translation>
    </message>
    <message>
        <source>Place cross-page seal here</source>
        <translation>在此放置骑缝章</translation>
    </message>
    <message>
        <source>Place cross-page seals in all documents</source>
        <translation>在全部文件上放置骑缝章</translation>
    </message>
    <message>
        <source>Place seal here</source>
        <translation>在此放置印章</translation>
    </message>
    <message>
        <source>Place seal here for</source>
        <translation>在此放置印章，签署方为</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Select all on this page</source>
        <translation>选择本页全部</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
</context>
<context>
    <name>SealRows</name>
    <message>
        <source>Seals of the chosen signer</source>
        <translation>所选签署方的印章</translation>
    </message>
    <message>
        <source>page {pages}</source>
        <translation>第 {pages} 页</translation>
    </message>
</context>
<context>
    <name>SealSizes</name>
    <message>
        <source>Default size</source>
        <translation>默认大小</translation>
    </message>
</context>
<context>
    <name>SecondPerson</name>
    <message>
        <source>A second person must check “{title}” and enter their PIN.</source>
        <translation>请由第二人核对“{title}”并输入其 PIN 码。</translation>
    </message>
    <message>
        <source>Approve</source>
        <translation>复核通过</translation>
    </message>
    <message>
        <source>Second person</source>
        <translation>第二人复核</translation>
    </message>
    <message>
        <source>Sent by</source>
        <translation>发起人</translation>
    </message>
</context>
<context>
    <name>SendingPanel</name>
    <message>
        <source>Back to contract</source>
        <translation>返回合同</translation>
    </message>
    <message>
        <source>Cancel and return to draft</source>
        <translation>取消并返回草稿</translation>
    </message>
    <message>
        <source>Canceling… You can keep working.</source>
        <translation>正在取消；您可以先做其他工作。</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>再次查询</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Copy evidence</source>
        <translation>复制留存信息</translation>
    </message>
    <message>
        <source>Copy technical details</source>
        <translation>复制技术信息</translation>
    </message>
    <message>
        <source>Decide later</source>
        <translation>稍后处理</translation>
    </message>
    <message>
        <source>Edit signer {number}</source>
        <translation>修改签署方 {number}</translation>
    </message>
    <message>
        <source>Making the contract available to signers. From now on, you can only revoke it.</source>
        <translation>正在发给签署方；此后只能撤回。</translation>
    </message>
    <message>
        <source>Making the contract available to signers. This can&apos;t be stopped. You can keep working.</source>
        <translation>正在发给签署方，无法停止；您可以先做其他工作。</translation>
    </message>
    <message>
        <source>Needs your decision: “{title}”</source>
        <translation>待核实：“{title}”</translation>
    </message>
    <message>
        <source>New contract</source>
        <translation>新建合同</translation>
    </message>
    <message>
        <source>Next customer, same form</source>
        <translation>下一位客户（同一格式）</translation>
    </message>
    <message>
        <source>No one has been notified, and no one can see the contract. To start signing, click “Start signing” in Track. You can also revoke the contract there.</source>
        <translation>尚未通知任何人，也无人能看到。需要签署时，请在“跟踪”中点击“开始签署”，也可在“跟踪”中撤回。</translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>重新发起</translation>
    </message>
    <message>
        <source>Sending paused: “{title}”</source>
        <translation>发起已暂停：“{title}”</translation>
    </message>
    <message>
        <source>Sending “{title}”</source>
        <translation>正在发起“{title}”</translation>
    </message>
    <message>
        <source>Sent to signers</source>
        <translation>已发给签署方</translation>
    </message>
    <message>
        <source>Show document</source>
        <translation>查看文件</translation>
    </message>
    <message>
        <source>Show in Track</source>
        <translation>在“跟踪”中查看</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stopping “{title}”</source>
        <translation>正在停止“{title}”</translation>
    </message>
    <message>
        <source>The contract is on the platform, and nothing needs to be sent again. Only its record on this computer couldn&apos;t be read.</source>
        <translation>合同已发到平台，无需再次发起。只是本机的记录未能读取。</translation>
    </message>
    <message>
        <source>The platform ({host}) hasn&apos;t responded for {seconds} seconds.</source>
        <translation>平台（{host}）已有 {seconds} 秒没有响应。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>You can wait, or press Esc to stop. No one has seen the contract yet.</source>
        <translation>可继续等待，或按 Esc 停止：合同尚未发给任何人。</translation>
    </message>
    <message>
        <source>“{title}” as created by the platform</source>
        <translation>“{title}”：平台生成的文件</translation>
    </message>
    <message>
        <source>“{title}” has been created on the platform</source>
        <translation>“{title}”已在平台准备就绪</translation>
    </message>
    <message>
        <source>“{title}” was not sent</source>
        <translation>“{title}”未发起</translation>
    </message>
</context>
<context>
    <name>SendingStages</name>
    <message>
        <source>Create</source>
        <translation>创建</translation>
    </message>
    <message>
        <source>Send to signers</source>
        <translation>发给签署方</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>已发起</translation>
    </message>
    <message>
        <source>Upload</source>
        <translation>上传</translation>
    </message>
</context>
<context>
    <name>SentFormsField</name>
    <message numerus="yes">
        <source>%n form(s) remembered, without customer data</source>
        <translation>
            <numerusform>已记住 %n 种格式，不含客户信息</numerusform>
        </translation>
    </message>
    <message>
        <source>Forget forms</source>
        <translation>清除格式</translation>
    </message>
    <message>
        <source>Forms of sent contracts</source>
        <translation>已发合同的格式</translation>
    </message>
</context>
<context>
    <name>SettingsRoom</name>
    <message>
        <source>Backup</source>
        <translation>备份</translation>
    </message>
    <message>
        <source>Counter</source>
        <translation>柜台</translation>
    </message>
    <message>
        <source>Enter a supervisor&apos;s PIN to open Management.</source>
        <translation>输入主管的 PIN 码以打开“管理”。</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>签署环境</translation>
    </message>
    <message>
        <source>General</source>
        <translation>通用</translation>
    </message>
    <message>
        <source>Management</source>
        <translation>管理</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Organization policy</source>
        <translation>本单位规定</translation>
    </message>
    <message>
        <source>Prices and notifications</source>
        <translation>价格与通知</translation>
    </message>
    <message>
        <source>Saved.</source>
        <translation>已保存。</translation>
    </message>
    <message>
        <source>Saved. Without a keyring, the secret is kept only until you close the program.</source>
        <translation>已保存。本机没有系统密钥环：密钥在关闭程序后失效。</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Settings sections</source>
        <translation>设置分区</translation>
    </message>
    <message>
        <source>Supervisor</source>
        <translation>主管</translation>
    </message>
    <message>
        <source>Tellers</source>
        <translation>柜员</translation>
    </message>
    <message>
        <source>Testing the connection…</source>
        <translation>正在测试连接…</translation>
    </message>
    <message>
        <source>The secret of project {project} has been deleted.</source>
        <translation>项目 {project} 的密钥已删除。</translation>
    </message>
    <message>
        <source>changed environment settings</source>
        <translation>环境设置的修改</translation>
    </message>
    <message>
        <source>new teller</source>
        <translation>新柜员</translation>
    </message>
</context>
<context>
    <name>SettlingDialog</name>
    <message>
        <source>Choose a blank form…</source>
        <translation>换用空白文件…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Every contract sent with this preset would contain these names. Choose a blank form instead, or confirm that the names belong there.</source>
        <translation>用此常用合同发出的每份合同都会带有这些姓名。请换用空白文件，或确认该姓名本应写在此处。</translation>
    </message>
    <message>
        <source>Names in the pages of “{name}”</source>
        <translation>“{name}”文件中的姓名</translation>
    </message>
    <message>
        <source>Reading the pages…</source>
        <translation>正在读取文件…</translation>
    </message>
</context>
<context>
    <name>SeveralPrint</name>
    <message numerus="yes">
        <source>%n contract(s) couldn&apos;t be printed.</source>
        <translation>
            <numerusform>%n 份合同未能打印。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contract(s) printed.</source>
        <translation>
            <numerusform>已打印 %n 份合同。</numerusform>
        </translation>
    </message>
    <message>
        <source>Contract</source>
        <translation>合同</translation>
    </message>
    <message>
        <source>Nothing to print yet: no one has signed.</source>
        <translation>还没有可打印的文件：尚无人签署。</translation>
    </message>
    <message>
        <source>Printing was stopped. {count} of {total} printed.</source>
        <translation>打印已停止，已打印 {count}/{total} 份。</translation>
    </message>
    <message>
        <source>Printing: contract {number} of {count}</source>
        <translation>正在打印：第 {number}/{count} 份合同</translation>
    </message>
    <message>
        <source>Printing…</source>
        <translation>正在打印…</translation>
    </message>
    <message>
        <source>Several contracts can&apos;t be printed to one file.</source>
        <translation>多份合同不能打印到同一个文件。</translation>
    </message>
    <message>
        <source>Use “Merge signed files…” instead, or choose a printer.</source>
        <translation>请改用“合并已签文件…”，或选择一台打印机。</translation>
    </message>
</context>
<context>
    <name>ShiftWindow</name>
    <message numerus="yes">
        <source>%n contract(s) revoked.</source>
        <translation>
            <numerusform>已撤回 %n 份合同。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n couldn&apos;t be revoked. Try again later.</source>
        <translation>
            <numerusform>%n 份未能撤回，请稍后再试。</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Print…</source>
        <translation>打印(&amp;P)…</translation>
    </message>
    <message>
        <source>&amp;Revoke all expired</source>
        <translation>撤回全部已过期合同(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Save as table…</source>
        <translation>存为表格(&amp;S)…</translation>
    </message>
    <message>
        <source>Audit log: {count} lines, checksum {seal}</source>
        <translation>操作记录：{count} 条，校验码 {seal}</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Contract</source>
        <translation>合同</translation>
    </message>
    <message>
        <source>Customers</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>Flow number</source>
        <translation>流程编号</translation>
    </message>
    <message>
        <source>Revoking…</source>
        <translation>正在撤回…</translation>
    </message>
    <message>
        <source>Save shift sheet</source>
        <translation>保存班次清单</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>发起时间</translation>
    </message>
    <message>
        <source>Shift sheet</source>
        <translation>班次清单</translation>
    </message>
    <message>
        <source>Signed</source>
        <translation>签署时间</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Table saved.</source>
        <translation>表格已保存。</translation>
    </message>
    <message>
        <source>Teller: {name}</source>
        <translation>柜员：{name}</translation>
    </message>
    <message>
        <source>Today&apos;s contracts</source>
        <translation>今日合同</translation>
    </message>
    <message>
        <source>expired</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>{day}: {sent} sent, {signed} signed, {waiting} waiting, {expired} expired, {back} revoked, {ended} declined or failed</source>
        <translation>{day}：已发起 {sent} 份，已签署 {signed} 份，待签署 {waiting} 份，已过期 {expired} 份，已撤回 {back} 份，拒签或签署失败 {ended} 份</translation>
    </message>
    <message>
        <source>{state} — “{reason}”</source>
        <translation>{state}：“{reason}”</translation>
    </message>
</context>
<context>
    <name>SignatureNews</name>
    <message>
        <source>Signing failed: {name}, “{title}”.</source>
        <translation>{name}在“{title}”上签署失败。</translation>
    </message>
    <message>
        <source>Signing updates</source>
        <translation>签署动态</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>{name} declined “{title}”.</source>
        <translation>{name}已拒签“{title}”。</translation>
    </message>
    <message>
        <source>{name} signed “{title}”.</source>
        <translation>{name}已签署“{title}”。</translation>
    </message>
    <message>
        <source>“{title}” has ended: declined or signing failed.</source>
        <translation>“{title}”已终止：拒签或签署失败。</translation>
    </message>
    <message>
        <source>“{title}” has expired.</source>
        <translation>“{title}”已过期。</translation>
    </message>
    <message>
        <source>“{title}” is completed.</source>
        <translation>“{title}”已全部签署。</translation>
    </message>
</context>
<context>
    <name>SignaturePanel</name>
    <message>
        <source>Checking signatures…</source>
        <translation>正在验证签名…</translation>
    </message>
    <message>
        <source>Digital signatures</source>
        <translation>数字签名</translation>
    </message>
    <message>
        <source>Not visible on any page.</source>
        <translation>页面上不可见。</translation>
    </message>
    <message>
        <source>Show on page {page}</source>
        <translation>在第 {page} 页查看</translation>
    </message>
    <message>
        <source>Times come from the signers&apos; computers and are shown in China time. Trust is based on this computer&apos;s certificates.</source>
        <translation>时间为签署方系统时间（北京时间）；是否信任以本机证书为准。</translation>
    </message>
</context>
<context>
    <name>SignatureWords</name>
    <message>
        <source>Certified by {issuer}, which this computer doesn&apos;t trust.</source>
        <translation>证书由 {issuer} 颁发，本机未信任该颁发机构。</translation>
    </message>
    <message>
        <source>Certified by {issuer}, which this computer trusts.</source>
        <translation>证书由 {issuer} 颁发，本机信任该机构。</translation>
    </message>
    <message>
        <source>No changes since this signature.</source>
        <translation>签署后未被改动。</translation>
    </message>
    <message>
        <source>Only other signatures were added since.</source>
        <translation>此后只增加了其他签名。</translation>
    </message>
    <message>
        <source>The file is unchanged since signing, and the signers&apos; certificates are trusted.</source>
        <translation>文件与签署时一致，签署方的证书可信。</translation>
    </message>
    <message>
        <source>The file is unchanged since signing, but the signers&apos; certificates are from an issuer this computer doesn&apos;t trust.</source>
        <translation>文件与签署时一致；但签署方的证书由本机未信任的机构颁发。</translation>
    </message>
    <message>
        <source>The file was changed after this signature.</source>
        <translation>此签名之后文件被改动过。</translation>
    </message>
    <message>
        <source>The signature doesn&apos;t match the file.</source>
        <translation>签名与文件不符。</translation>
    </message>
    <message>
        <source>This file has no digital signature.</source>
        <translation>此文件没有数字签名。</translation>
    </message>
    <message>
        <source>Warning: this file has changed since it was signed.</source>
        <translation>注意：此文件与签署时不一致。</translation>
    </message>
    <message>
        <source>{name} signed on {moment}</source>
        <translation>{name} 于 {moment} 签署</translation>
    </message>
    <message>
        <source>{name} signed; date unknown</source>
        <translation>{name} 已签署，时间未注明</translation>
    </message>
</context>
<context>
    <name>SignedFileWindow</name>
    <message>
        <source>Fit page</source>
        <translation>适合页面</translation>
    </message>
    <message>
        <source>Fit width</source>
        <translation>适合宽度</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开所在文件夹</translation>
    </message>
    <message>
        <source>Open with another program</source>
        <translation>用其他程序打开</translation>
    </message>
    <message>
        <source>Print</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>Signed file</source>
        <translation>已签文件</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
</context>
<context>
    <name>SignedPrint</name>
    <message>
        <source>Downloading signed contract…</source>
        <translation>正在下载已签合同…</translation>
    </message>
    <message>
        <source>Printing…</source>
        <translation>正在打印…</translation>
    </message>
    <message>
        <source>The signed contract has been printed.</source>
        <translation>已签合同已打印。</translation>
    </message>
    <message>
        <source>The signed contract was saved as a file. Nothing was printed.</source>
        <translation>已签合同已保存为文件，未打印。</translation>
    </message>
</context>
<context>
    <name>SignerCard</name>
    <message numerus="yes">
        <source>%n seal(s)</source>
        <translation>
            <numerusform>%n 枚印章</numerusform>
        </translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>修改…</translation>
    </message>
    <message>
        <source>Documents to sign…</source>
        <translation>签署哪些文件…</translation>
    </message>
    <message>
        <source>More actions for signer {number}</source>
        <translation>签署方 {number} 的更多操作</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Sign earlier</source>
        <translation>提前签署</translation>
    </message>
    <message>
        <source>Sign later</source>
        <translation>延后签署</translation>
    </message>
    <message>
        <source>Sign together with previous step</source>
        <translation>与上一步同时签署</translation>
    </message>
    <message>
        <source>Signer {number}: {name}, {subtitle}</source>
        <translation>签署方 {number}：{name}，{subtitle}</translation>
    </message>
</context>
<context>
    <name>SignerForm</name>
    <message numerus="yes">
        <source>%n contacts have this name. Choose one with the arrow keys.</source>
        <translation>
            <numerusform>有 %n 位联系人同名，请用方向键选择。</numerusform>
        </translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Add organization</source>
        <translation>添加企业</translation>
    </message>
    <message>
        <source>Add our seal</source>
        <translation>添加我方印章</translation>
    </message>
    <message>
        <source>Add person</source>
        <translation>添加个人</translation>
    </message>
    <message>
        <source>Authorized representative</source>
        <translation>企业经办人</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Change to organization</source>
        <translation>改为企业</translation>
    </message>
    <message>
        <source>Change to person</source>
        <translation>改为个人</translation>
    </message>
    <message>
        <source>Edit organization</source>
        <translation>修改企业</translation>
    </message>
    <message>
        <source>Edit our seal</source>
        <translation>修改我方印章</translation>
    </message>
    <message>
        <source>Edit person</source>
        <translation>修改个人</translation>
    </message>
    <message>
        <source>Enter a name first.</source>
        <translation>请先填写名称。</translation>
    </message>
    <message>
        <source>Part of this line couldn&apos;t be recognized reliably. Enter each number in its own field.</source>
        <translation>这一行有内容无法确定识别，请把各号码填入对应栏。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save or cancel this signer first.</source>
        <translation>请先保存或取消当前签署方。</translation>
    </message>
    <message>
        <source>Signer {number} has the same name ({mark}).</source>
        <translation>签署方 {number} 与此同名（{mark}）。</translation>
    </message>
    <message>
        <source>Signer {number} has the same name.</source>
        <translation>签署方 {number} 与此同名。</translation>
    </message>
    <message>
        <source>The platform has no account with reference “{reference}”. Fill in the fields to create one.</source>
        <translation>平台上没有编号为“{reference}”的账号。请填写以下信息以创建账号。</translation>
    </message>
    <message>
        <source>The signer is no longer {name}, so that person&apos;s account isn&apos;t used. Enter the ID number, or undo (Ctrl+Z).</source>
        <translation>已不是“{name}”，不再使用其账号。请填写证件号码，或撤销（Ctrl+Z）。</translation>
    </message>
    <message>
        <source>{name} ({mark}) is in Contacts. Press Enter to add.</source>
        <translation>联系人中已有{name}（{mark}），按 Enter 即可添加。</translation>
    </message>
    <message>
        <source>{name} is in Contacts. Press Enter to add.</source>
        <translation>联系人中已有{name}，按 Enter 即可添加。</translation>
    </message>
</context>
<context>
    <name>SignerHits</name>
    <message>
        <source>New organization</source>
        <translation>新的企业</translation>
    </message>
    <message>
        <source>New organization “{name}”</source>
        <translation>新的企业“{name}”</translation>
    </message>
    <message>
        <source>New person</source>
        <translation>新的个人</translation>
    </message>
    <message>
        <source>New person “{name}”</source>
        <translation>新的个人“{name}”</translation>
    </message>
    <message>
        <source>Our seal, signs automatically</source>
        <translation>我方印章，自动签署</translation>
    </message>
    <message>
        <source>Signers to add</source>
        <translation>可添加的签署方</translation>
    </message>
</context>
<context>
    <name>SignerSearch</name>
    <message>
        <source>Add a signer</source>
        <translation>添加签署方</translation>
    </message>
    <message>
        <source>Name, pinyin, initials or last digits of a contact; or a new name, or a line with all data</source>
        <translation>联系人的姓名、拼音、首字母或尾号；或新的名称；或粘贴一行全部信息</translation>
    </message>
    <message>
        <source>＋ Add a signer</source>
        <translation>＋ 添加签署方</translation>
    </message>
</context>
<context>
    <name>SignerTabs</name>
    <message>
        <source>Signers</source>
        <translation>签署方</translation>
    </message>
</context>
<context>
    <name>SignerWords</name>
    <message>
        <source>Armed police ID</source>
        <translation>武装警察身份证件</translation>
    </message>
    <message>
        <source>Business registration number</source>
        <translation>工商注册号</translation>
    </message>
    <message>
        <source>Fingerprint certificate</source>
        <translation>指纹证书</translation>
    </message>
    <message>
        <source>Foreigner&apos;s permanent residence card</source>
        <translation>外国人永久居留身份证</translation>
    </message>
    <message>
        <source>Hand-drawn signature</source>
        <translation>手绘签名</translation>
    </message>
    <message>
        <source>Hong Kong and Macao travel permit</source>
        <translation>港澳居民来往内地通行证</translation>
    </message>
    <message>
        <source>Household register</source>
        <translation>居民户口簿</translation>
    </message>
    <message>
        <source>Long-lived cloud certificate</source>
        <translation>长效云证书</translation>
    </message>
    <message>
        <source>Military ID</source>
        <translation>军人身份证</translation>
    </message>
    <message>
        <source>Mobile shield certificate</source>
        <translation>手机盾证书</translation>
    </message>
    <message>
        <source>Organization code</source>
        <translation>组织机构代码</translation>
    </message>
    <message>
        <source>Our organization</source>
        <translation>我方</translation>
    </message>
    <message>
        <source>Our seal</source>
        <translation>我方印章</translation>
    </message>
    <message>
        <source>Passport</source>
        <translation>护照</translation>
    </message>
    <message>
        <source>Per-event certificate</source>
        <translation>事件证书</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>个人</translation>
    </message>
    <message>
        <source>Resident identity card</source>
        <translation>居民身份证</translation>
    </message>
    <message>
        <source>Sign at any time</source>
        <translation>不分先后，随时可签</translation>
    </message>
    <message>
        <source>Sign in order</source>
        <translation>按顺序签署</translation>
    </message>
    <message>
        <source>Social security card</source>
        <translation>社会保障卡</translation>
    </message>
    <message>
        <source>Taiwan travel permit</source>
        <translation>台湾居民来往大陆通行证</translation>
    </message>
    <message>
        <source>Template seal</source>
        <translation>模板印章</translation>
    </message>
    <message>
        <source>Temporary identity card</source>
        <translation>临时居民身份证</translation>
    </message>
    <message>
        <source>UKey certificate</source>
        <translation>UKey 证书</translation>
    </message>
    <message>
        <source>Unified social credit code</source>
        <translation>统一社会信用代码</translation>
    </message>
    <message>
        <source>Unnamed organization</source>
        <translation>未命名企业</translation>
    </message>
    <message>
        <source>Unnamed person</source>
        <translation>未命名个人</translation>
    </message>
    <message>
        <source>no representative yet</source>
        <translation>经办人待填写</translation>
    </message>
    <message>
        <source>platform keeps the old mobile number or email</source>
        <translation>平台仍用原手机号或邮箱</translation>
    </message>
    <message>
        <source>platform keeps {address}</source>
        <translation>平台仍用 {address}</translation>
    </message>
    <message>
        <source>represented by {name}</source>
        <translation>经办人 {name}</translation>
    </message>
    <message>
        <source>signs automatically</source>
        <translation>自动签署</translation>
    </message>
</context>
<context>
    <name>SignersPanel</name>
    <message>
        <source>At any time</source>
        <translation>随时可签</translation>
    </message>
    <message>
        <source>If off, all signers can sign at any time</source>
        <translation>关闭后，所有人可随时签署</translation>
    </message>
    <message>
        <source>In order</source>
        <translation>按顺序签署</translation>
    </message>
    <message>
        <source>No organization is marked as ours yet; mark one in Contacts</source>
        <translation>尚未标记我方企业：请在“联系人”中标记</translation>
    </message>
    <message>
        <source>Signers</source>
        <translation>签署方</translation>
    </message>
    <message>
        <source>Step {number}</source>
        <translation>第 {number} 步</translation>
    </message>
    <message>
        <source>Step {number}, in parallel</source>
        <translation>第 {number} 步 · 同时签署</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>signer “{name}”</source>
        <translation>签署方“{name}”</translation>
    </message>
</context>
<context>
    <name>SigningMenu</name>
    <message>
        <source>Doesn&apos;t sign this document</source>
        <translation>不签署该文件</translation>
    </message>
    <message>
        <source>No document yet</source>
        <translation>还没有文件</translation>
    </message>
    <message>
        <source>Places the seal themselves</source>
        <translation>自行放置印章</translation>
    </message>
    <message>
        <source>Uses the seal positions set here</source>
        <translation>按此处放置的位置盖章</translation>
    </message>
</context>
<context>
    <name>SlicesPreview</name>
    <message numerus="yes">
        <source>%n part(s) of {width} mm</source>
        <translation>
            <numerusform>%n 块，每块 {width} 毫米</numerusform>
        </translation>
    </message>
    <message>
        <source>Assembled seal</source>
        <translation>拼合后的印章</translation>
    </message>
    <message>
        <source>Parts on pages {pages}; {width}</source>
        <translation>章块在第 {pages} 页；{width}</translation>
    </message>
</context>
<context>
    <name>SmartLine</name>
    <message>
        <source>Already signed today (sent at {time}). When you press Enter, you&apos;re asked before another contract is sent.</source>
        <translation>今日已签署（{time} 发起）：按 Enter 将先询问，不会直接再发一份。</translation>
    </message>
    <message>
        <source>Credit code</source>
        <translation>统一社会信用代码</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>Name, ID number, mobile number (any order)</source>
        <translation>姓名、证件号码、手机号（顺序不限）</translation>
    </message>
    <message>
        <source>Next customer</source>
        <translation>下一位客户</translation>
    </message>
    <message>
        <source>Organization</source>
        <translation>企业</translation>
    </message>
    <message>
        <source>Organization and its credit code; representative&apos;s name, ID number, mobile number</source>
        <translation>企业名称、统一社会信用代码、经办人姓名、证件号码、手机号（顺序不限）</translation>
    </message>
    <message>
        <source>Please check</source>
        <translation>请核对</translation>
    </message>
    <message>
        <source>Press Enter to continue.</source>
        <translation>按 Enter 继续。</translation>
    </message>
    <message>
        <source>Press Enter to send.</source>
        <translation>按 Enter 发起。</translation>
    </message>
    <message>
        <source>Representative</source>
        <translation>经办人</translation>
    </message>
    <message>
        <source>Returning customer.</source>
        <translation>曾在本机办理业务。</translation>
    </message>
</context>
<context>
    <name>SpanWords</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n 天</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s)</source>
        <translation>
            <numerusform>%n 小时</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n 分钟</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n second(s)</source>
        <translation>
            <numerusform>%n 秒</numerusform>
        </translation>
    </message>
    <message>
        <source>today {time}</source>
        <translation>今天 {time}</translation>
    </message>
</context>
<context>
    <name>SpokenCanvas</name>
    <message numerus="yes">
        <source>%n seal(s) changed</source>
        <translation>
            <numerusform>已更改 %n 枚印章</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seal(s) placed</source>
        <translation>
            <numerusform>已放置 %n 枚印章</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seal(s) removed</source>
        <translation>
            <numerusform>已删除 %n 枚印章</numerusform>
        </translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>采用</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>忽略</translation>
    </message>
    <message>
        <source>Field {name}: {value}</source>
        <translation>填写项 {name}：{value}</translation>
    </message>
    <message>
        <source>Placed: {name}</source>
        <translation>已放置：{name}</translation>
    </message>
    <message>
        <source>Proposed: {signer}, {kind}, {place}</source>
        <translation>建议：{signer}，{kind}，{place}</translation>
    </message>
    <message>
        <source>Redone: {edit}</source>
        <translation>已重做：{edit}</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Undone: {edit}</source>
        <translation>已撤销：{edit}</translation>
    </message>
    <message>
        <source>at “{label}”</source>
        <translation>依据“{label}”</translation>
    </message>
    <message>
        <source>cross-page seal, part {number} of {count}</source>
        <translation>骑缝章 {number}/{count}</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>未填写</translation>
    </message>
    <message>
        <source>page {page}, {where}</source>
        <translation>第 {page} 页，{where}</translation>
    </message>
    <message>
        <source>{signer}, {kind}, {place}</source>
        <translation>{signer}，{kind}，{place}</translation>
    </message>
    <message>
        <source>{width} mm wide</source>
        <translation>宽 {width} mm</translation>
    </message>
</context>
<context>
    <name>SpokenFields</name>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>{name}, {kind}, {place}</source>
        <translation>{name}，{kind}，{place}</translation>
    </message>
    <message>
        <source>{width} mm wide, {height} mm high</source>
        <translation>宽 {width} mm，高 {height} mm</translation>
    </message>
</context>
<context>
    <name>StageList</name>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>in progress</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>pending</source>
        <translation>待进行</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>{number} of {count} · {done} of {total} MB</source>
        <translation>第 {number}/{count} 份 · {done} / {total} MB</translation>
    </message>
</context>
<context>
    <name>StartPane</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>1  Which contract?</source>
        <translation>1  发哪份合同？</translation>
    </message>
    <message>
        <source>2  For whom?</source>
        <translation>2  发给谁？</translation>
    </message>
    <message>
        <source>Check the names…</source>
        <translation>查看姓名…</translation>
    </message>
    <message>
        <source>Choose spreadsheet…</source>
        <translation>选择表格…</translation>
    </message>
    <message>
        <source>Drop a spreadsheet here: one row per contract, .xlsx or .csv.</source>
        <translation>将表格（.xlsx 或 .csv）拖入此处：每行一份合同。</translation>
    </message>
    <message>
        <source>First choose a contract on the left.</source>
        <translation>请先在左侧选择合同。</translation>
    </message>
    <message>
        <source>Optional columns: {names}.</source>
        <translation>可选的列：{names}。</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>常用合同</translation>
    </message>
    <message>
        <source>Required columns: {names}.</source>
        <translation>必需的列：{names}。</translation>
    </message>
    <message>
        <source>Save blank sheet…</source>
        <translation>保存空白表…</translation>
    </message>
    <message>
        <source>With the right headings, ready to fill in</source>
        <translation>表头已备好，填写即可</translation>
    </message>
    <message>
        <source>“{name}” is ready. Choose the contract on the left.</source>
        <translation>“{name}”已就绪；请在左侧选择合同。</translation>
    </message>
</context>
<context>
    <name>StartProblem</name>
    <message>
        <source>Copy technical details</source>
        <translation>复制技术信息</translation>
    </message>
    <message>
        <source>Open data folder</source>
        <translation>打开数据文件夹</translation>
    </message>
    <message>
        <source>Program data folder</source>
        <translation>程序数据文件夹</translation>
    </message>
    <message>
        <source>Start over and keep damaged data</source>
        <translation>重新开始（保留损坏的数据）</translation>
    </message>
    <message>
        <source>Start with this backup</source>
        <translation>使用此备份启动</translation>
    </message>
    <message>
        <source>The other folder is used only this time. To keep using it, start the program with --data-dir.</source>
        <translation>改用的文件夹仅在本次有效；如需固定使用，请以 --data-dir 启动程序。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Use another folder…</source>
        <translation>改用其他文件夹…</translation>
    </message>
    <message>
        <source>esign-desktop</source>
        <translation>电子签桌面</translation>
    </message>
</context>
<context>
    <name>StatePane</name>
    <message>
        <source>Signing QR code</source>
        <translation>签署二维码</translation>
    </message>
    <message>
        <source>Valid for another {span}</source>
        <translation>剩余有效时间 {span}</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Changes not saved</source>
        <translation>更改未保存</translation>
    </message>
    <message>
        <source>Draft not saved</source>
        <translation>草稿未保存</translation>
    </message>
    <message>
        <source>Draft saved</source>
        <translation>草稿已保存</translation>
    </message>
    <message>
        <source>Environment: {environment}</source>
        <translation>签署环境：{environment}</translation>
    </message>
    <message>
        <source>No changes</source>
        <translation>没有更改</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>Start rehearsal</source>
        <translation>启动演练</translation>
    </message>
    <message>
        <source>The rehearsal isn&apos;t running.</source>
        <translation>演练环境未运行。</translation>
    </message>
</context>
<context>
    <name>Stepper</name>
    <message>
        <source>Completed</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>复制链接</translation>
    </message>
    <message>
        <source>Created on the platform</source>
        <translation>已在平台准备</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>Open file: {name}</source>
        <translation>打开文件：{name}</translation>
    </message>
    <message>
        <source>QR code</source>
        <translation>二维码</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>发起</translation>
    </message>
    <message>
        <source>attempted {moment}</source>
        <translation>{moment} 尝试签署</translation>
    </message>
    <message>
        <source>declined {moment}</source>
        <translation>{moment} 拒签</translation>
    </message>
    <message>
        <source>received {moment}</source>
        <translation>{moment} 收到</translation>
    </message>
    <message>
        <source>signed {moment}</source>
        <translation>{moment} 签署</translation>
    </message>
    <message>
        <source>submitted {moment}</source>
        <translation>{moment} 提交</translation>
    </message>
    <message>
        <source>{text}: {document}</source>
        <translation>{text}：{document}</translation>
    </message>
</context>
<context>
    <name>SumPane</name>
    <message>
        <source>Check the details with the customer, then press Enter to send.</source>
        <translation>请与客户逐项核对，确认无误后按 Enter 发起。</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>客户</translation>
    </message>
</context>
<context>
    <name>TellerPinDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Enter again</source>
        <translation>再次输入</translation>
    </message>
    <message>
        <source>Enter new PIN again</source>
        <translation>再次输入新 PIN 码</translation>
    </message>
    <message>
        <source>Enter own PIN again</source>
        <translation>再次输入本人的新 PIN 码</translation>
    </message>
    <message>
        <source>New PIN</source>
        <translation>新 PIN 码</translation>
    </message>
    <message>
        <source>New PIN (enter twice)</source>
        <translation>新 PIN 码（两次）</translation>
    </message>
    <message>
        <source>Own PIN</source>
        <translation>本人的新 PIN 码</translation>
    </message>
    <message>
        <source>Own PIN (enter twice)</source>
        <translation>本人的新 PIN 码（两次）</translation>
    </message>
    <message>
        <source>PIN</source>
        <translation>PIN 码</translation>
    </message>
    <message>
        <source>PIN of {who}</source>
        <translation>{who}的 PIN 码</translation>
    </message>
    <message>
        <source>The PINs don&apos;t match. Enter the new PIN twice.</source>
        <translation>两次输入不一致，请重新输入新 PIN 码。</translation>
    </message>
</context>
<context>
    <name>TellersForm</name>
    <message>
        <source>Add teller</source>
        <translation>添加柜员</translation>
    </message>
    <message>
        <source>Add {name}?</source>
        <translation>添加 {name}？</translation>
    </message>
    <message>
        <source>Adding, changing and removing tellers requires a supervisor&apos;s PIN.</source>
        <translation>添加、更改和移除柜员须输入主管的 PIN 码。</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>Change your PIN…</source>
        <translation>修改我的 PIN 码…</translation>
    </message>
    <message>
        <source>Choose your name, then enter your current PIN and the new one.</source>
        <translation>请选择您的姓名，再输入当前 PIN 码和新 PIN 码。</translation>
    </message>
    <message>
        <source>Enter PIN again</source>
        <translation>再次输入 PIN 码</translation>
    </message>
    <message>
        <source>If there are no tellers, anyone can open the counter. Otherwise, a teller must sign in, and the teller&apos;s name appears on every contract and on the shift sheet. The first teller is a supervisor; changing tellers requires a supervisor&apos;s PIN.</source>
        <translation>未设置柜员时，任何人都可以打开柜台。设置后须由柜员登录，每份合同和班次清单都会注明姓名。第一位柜员是主管；更改柜员须输入主管的 PIN 码。</translation>
    </message>
    <message>
        <source>Make supervisor…</source>
        <translation>设为主管…</translation>
    </message>
    <message>
        <source>Make {name} a supervisor?</source>
        <translation>将 {name} 设为主管？</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>New PIN…</source>
        <translation>新 PIN 码…</translation>
    </message>
    <message>
        <source>New teller&apos;s name</source>
        <translation>新柜员姓名</translation>
    </message>
    <message>
        <source>PIN</source>
        <translation>PIN 码</translation>
    </message>
    <message>
        <source>PIN owner</source>
        <translation>PIN 码持有人</translation>
    </message>
    <message>
        <source>PIN set.</source>
        <translation>PIN 码已设置。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove as supervisor…</source>
        <translation>取消主管…</translation>
    </message>
    <message>
        <source>Remove {name} as supervisor?</source>
        <translation>取消 {name} 的主管身份？</translation>
    </message>
    <message>
        <source>Remove {name}?</source>
        <translation>移除 {name}？</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Set PIN</source>
        <translation>设置 PIN 码</translation>
    </message>
    <message>
        <source>Set a new PIN for {name}?</source>
        <translation>为 {name} 设置新的 PIN 码？</translation>
    </message>
    <message>
        <source>Set by your organization. The administrator adds tellers with {command}.</source>
        <translation>由您的单位统一设置：请管理员用 {command} 添加柜员。</translation>
    </message>
    <message>
        <source>Supervisor</source>
        <translation>主管</translation>
    </message>
    <message>
        <source>Tellers</source>
        <translation>柜员</translation>
    </message>
    <message>
        <source>The PINs don&apos;t match. Enter the PIN twice.</source>
        <translation>两次输入不一致，请重新输入 PIN 码。</translation>
    </message>
    <message>
        <source>The teller has been added.</source>
        <translation>已添加柜员。</translation>
    </message>
    <message>
        <source>The teller has been changed.</source>
        <translation>柜员已更改。</translation>
    </message>
    <message>
        <source>The teller has been removed.</source>
        <translation>已移除该柜员。</translation>
    </message>
    <message>
        <source>{action} ({name})</source>
        <translation>{action}（{name}）</translation>
    </message>
</context>
<context>
    <name>TemplateDrawing</name>
    <message>
        <source>Creating template…</source>
        <translation>正在制作模板…</translation>
    </message>
    <message>
        <source>Fields with errors are marked red in the list.</source>
        <translation>列表中有标红的填写项。</translation>
    </message>
    <message>
        <source>First draw a field.</source>
        <translation>请先绘制填写项。</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>The template needs a name.</source>
        <translation>请填写模板名称。</translation>
    </message>
    <message>
        <source>Uploading template… {percent} %</source>
        <translation>正在上传模板… {percent}%</translation>
    </message>
    <message>
        <source>Writing fields…</source>
        <translation>正在写入填写项…</translation>
    </message>
    <message>
        <source>template “{name}”</source>
        <translation>模板“{name}”</translation>
    </message>
    <message>
        <source>“{name}” is now a template on the platform.</source>
        <translation>“{name}”已在平台制作成模板。</translation>
    </message>
</context>
<context>
    <name>TemplateFields</name>
    <message>
        <source>Amount</source>
        <translation>金额</translation>
    </message>
    <message>
        <source>Another field already has this name.</source>
        <translation>已有同名的填写项。</translation>
    </message>
    <message>
        <source>Check box</source>
        <translation>勾选</translation>
    </message>
    <message>
        <source>Choice</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Enter a name.</source>
        <translation>请填写名称。</translation>
    </message>
    <message>
        <source>Enter the options, separated by semicolons.</source>
        <translation>请填写选项，用分号隔开。</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>Needs your decision</source>
        <translation>待核实</translation>
    </message>
    <message>
        <source>No local PDF</source>
        <translation>本机无 PDF</translation>
    </message>
    <message>
        <source>Not on the platform</source>
        <translation>平台已无此模板</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>The example is longer than the field allows.</source>
        <translation>示例超过允许的字数。</translation>
    </message>
    <message>
        <source>The field is outside the page.</source>
        <translation>填写项超出页面范围。</translation>
    </message>
    <message>
        <source>The field is too small for any text.</source>
        <translation>填写项太小，放不下文字。</translation>
    </message>
    <message>
        <source>Use letters, digits, spaces and _ - / ( ), but no dot; at most 60 characters.</source>
        <translation>名称可用文字、数字、空格和 _ - / ( )，不能含点号，最多 60 字。</translation>
    </message>
</context>
<context>
    <name>TemplateList</name>
    <message numerus="yes">
        <source>%n field(s)</source>
        <translation>
            <numerusform>%n 个填写项</numerusform>
        </translation>
    </message>
    <message>
        <source>From a template</source>
        <translation>从模板</translation>
    </message>
    <message>
        <source>No templates in this environment yet. Create one from a PDF in Presets.</source>
        <translation>当前环境还没有模板。请在“常用合同”中用 PDF 制作。</translation>
    </message>
    <message>
        <source>Templates</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>To show the template&apos;s pages, add its PDF in Presets.</source>
        <translation>请在“常用合同”中添加其 PDF，以便显示页面。</translation>
    </message>
    <message>
        <source>{name} · no PDF saved</source>
        <translation>{name} · 未保存 PDF</translation>
    </message>
</context>
<context>
    <name>TemplateStrip</name>
    <message numerus="yes">
        <source>%n field(s) are already filled in; their values become part of the template.</source>
        <translation>
            <numerusform>有 %n 个填写项已经填了内容，这些内容会成为模板的一部分。</numerusform>
        </translation>
    </message>
    <message>
        <source>A template can&apos;t be deleted here after it&apos;s created.</source>
        <translation>模板制作后不能在此删除。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Create again</source>
        <translation>重新制作</translation>
    </message>
    <message>
        <source>Create template</source>
        <translation>制作模板</translation>
    </message>
    <message>
        <source>Editing the template</source>
        <translation>正在编辑模板</translation>
    </message>
    <message>
        <source>Only text fields are filled in. All other fields stay as they are in the file.</source>
        <translation>平台只填写文本填写项，其他填写项保持文件中的样子。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Template name</source>
        <translation>模板名称</translation>
    </message>
</context>
<context>
    <name>TermsFields</name>
    <message>
        <source>Account default</source>
        <translation>按账号默认</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>证书</translation>
    </message>
    <message>
        <source>Only for our seal, or with the signer&apos;s authorization.</source>
        <translation>仅限我方印章，或已获签署方授权。</translation>
    </message>
    <message>
        <source>Seal</source>
        <translation>印章</translation>
    </message>
    <message>
        <source>Signs automatically</source>
        <translation>自动签署</translation>
    </message>
</context>
<context>
    <name>ThumbnailList</name>
    <message>
        <source>Page {page} of {count}</source>
        <translation>第 {page} 页，共 {count} 页</translation>
    </message>
    <message>
        <source>Pages of {name}</source>
        <translation>“{name}”的页面</translation>
    </message>
    <message>
        <source>proposed seals: {names}</source>
        <translation>建议{names}签章</translation>
    </message>
    <message>
        <source>seals: {names}</source>
        <translation>{names}签章</translation>
    </message>
</context>
<context>
    <name>TitleField</name>
    <message>
        <source>Title</source>
        <translation>合同标题</translation>
    </message>
    <message>
        <source>Title of the contract, which the signers see</source>
        <translation>合同标题，签署方会看到</translation>
    </message>
</context>
<context>
    <name>ToolStrip</name>
    <message>
        <source>Options: {options}</source>
        <translation>签署选项：{options}</translation>
    </message>
    <message>
        <source>Other…</source>
        <translation>其他…</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Redo: {edit}</source>
        <translation>重做：{edit}</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Undo: {edit}</source>
        <translation>撤销：{edit}</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Zoom: {percent}</source>
        <translation>缩放：{percent}</translation>
    </message>
</context>
<context>
    <name>TrackRoom</name>
    <message>
        <source>Track</source>
        <translation>跟踪</translation>
    </message>
</context>
<context>
    <name>TrialCard</name>
    <message>
        <source>Open sample contract</source>
        <translation>打开示例合同</translation>
    </message>
    <message>
        <source>Start rehearsal</source>
        <translation>启动演练</translation>
    </message>
    <message>
        <source>Starting rehearsal…</source>
        <translation>正在启动演练…</translation>
    </message>
    <message>
        <source>The rehearsal is running</source>
        <translation>演练环境已启动</translation>
    </message>
    <message>
        <source>The rehearsal simulates the signing platform on this computer: no data leaves this computer, nothing costs money, and nothing is legally binding. The sample contract has two fictitious parties.</source>
        <translation>演练环境在本机模拟签署平台：数据不出本机，不产生费用，也没有法律效力。示例合同的双方均为虚构。</translation>
    </message>
    <message>
        <source>Try it without an account</source>
        <translation>没有账号，也可以先试用</translation>
    </message>
    <message>
        <source>Use a real account…</source>
        <translation>使用正式账号…</translation>
    </message>
    <message>
        <source>You have sent a contract in the rehearsal. Keep trying, or continue with a real account.</source>
        <translation>您已在演练环境中发起过合同。可以继续试用，或改用正式账号。</translation>
    </message>
</context>
<context>
    <name>UnfinishedRow</name>
    <message>
        <source>Check…</source>
        <translation>查看…</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Decide…</source>
        <translation>去处理…</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>“{title}” has needed your decision since {moment}: the platform didn&apos;t confirm that the contract was created.</source>
        <translation>“{title}”自 {moment} 起待核实：未收到平台的发起结果。</translation>
    </message>
    <message>
        <source>“{title}” is being sent.</source>
        <translation>正在发起“{title}”。</translation>
    </message>
    <message>
        <source>“{title}” was submitted at {moment} and hasn&apos;t been sent yet.</source>
        <translation>“{title}”于 {moment} 提交，尚未发出。</translation>
    </message>
    <message>
        <source>“{title}”: check the document created by the platform.</source>
        <translation>“{title}”：平台生成的文件待查看。</translation>
    </message>
</context>
<context>
    <name>UnsavedWork</name>
    <message>
        <source>Not saved: {what}</source>
        <translation>尚未保存：{what}</translation>
    </message>
    <message>
        <source>Save your changes first, or discard them and continue.</source>
        <translation>请先保存，或放弃后继续。</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>Choose PDFs…</source>
        <translation>选择 PDF…</translation>
    </message>
    <message>
        <source>Drop PDFs anywhere on this window, or choose them.</source>
        <translation>将一个或多个 PDF 拖放到窗口任意位置，或点击选择。</translation>
    </message>
    <message>
        <source>From a template…</source>
        <translation>从模板…</translation>
    </message>
    <message>
        <source>Open a contract to get started</source>
        <translation>要签署哪份合同？</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近打开</translation>
    </message>
</context>
<context>
    <name>WordsCrop</name>
    <message>
        <source>Page {number}</source>
        <translation>第 {number} 页</translation>
    </message>
</context>
<context>
    <name>WorksheetCard</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Read worksheet</source>
        <translation>读取该工作表</translation>
    </message>
    <message>
        <source>Worksheets with rows</source>
        <translation>有数据的工作表</translation>
    </message>
    <message>
        <source>“{name}” has rows in several worksheets. Which one do you want to send?</source>
        <translation>“{name}”有多个工作表含有数据。要发起哪一个？</translation>
    </message>
</context>
<context>
    <name>_NameDelegate</name>
    <message>
        <source>Ours</source>
        <translation>我方</translation>
    </message>
</context>
<context>
    <name>_NoPresets</name>
    <message>
        <source>One contract for many people</source>
        <translation>同一份合同，发给许多人</translation>
    </message>
    <message>
        <source>Prepare and save as preset</source>
        <translation>准备合同并存为常用合同</translation>
    </message>
    <message>
        <source>Prepare the contract once with its seals and save it as a preset. Then you can send it in bulk from a spreadsheet.</source>
        <translation>请先准备一份合同并放置印章，存为常用合同；之后即可凭一份表格批量发起。</translation>
    </message>
</context>
<context>
    <name>_SignerDot</name>
    <message>
        <source>Signed by {number} {name}</source>
        <translation>由 {number} {name} 签署</translation>
    </message>
</context>
</TS>

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
        <source>Free software under the GNU Affero General Public License, version 3 or later. It comes without any warranty. You may use, study, share and change it; whoever gets it from you gets the same rights.</source>
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
        <source>PDFs are drawn by MuPDF (AGPL), windows by Qt (LGPL).</source>
        <translation>PDF 由 MuPDF（AGPL）绘制，界面由 Qt（LGPL）提供。</translation>
    </message>
    <message>
        <source>Prepare, send and follow electronic-signature contracts.</source>
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
        <source>&amp;Discard this contract</source>
        <translation>丢弃此合同(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Find a command…</source>
        <translation>查找命令(&amp;F)…</translation>
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
        <source>Add a p&amp;erson who signs</source>
        <translation>添加个人签署方(&amp;E)</translation>
    </message>
    <message>
        <source>Add an &amp;organization that signs</source>
        <translation>添加企业签署方(&amp;O)</translation>
    </message>
    <message>
        <source>Add our o&amp;wn organization</source>
        <translation>添加我方(&amp;W)</translation>
    </message>
    <message>
        <source>Align centres, side to side</source>
        <translation>水平居中对齐</translation>
    </message>
    <message>
        <source>Align centres, up and down</source>
        <translation>垂直居中对齐</translation>
    </message>
    <message>
        <source>Align left edges</source>
        <translation>左对齐</translation>
    </message>
    <message>
        <source>Align lower edges</source>
        <translation>下对齐</translation>
    </message>
    <message>
        <source>Align right edges</source>
        <translation>右对齐</translation>
    </message>
    <message>
        <source>Align upper edges</source>
        <translation>上对齐</translation>
    </message>
    <message>
        <source>All d&amp;rafts…</source>
        <translation>全部草稿(&amp;R)…</translation>
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
        <source>Divide into groups of pages</source>
        <translation>按页分组</translation>
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
        <source>Equal gaps from left to right</source>
        <translation>水平等距分布</translation>
    </message>
    <message>
        <source>Equal gaps from top to bottom</source>
        <translation>垂直等距分布</translation>
    </message>
    <message>
        <source>Finished &amp;look</source>
        <translation>定稿效果(&amp;L)</translation>
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
        <source>Keyword</source>
        <translation>关键字</translation>
    </message>
    <message>
        <source>Let the signer sign earlier</source>
        <translation>签署方提前一步</translation>
    </message>
    <message>
        <source>Let the signer sign later</source>
        <translation>签署方推后一步</translation>
    </message>
    <message>
        <source>Let the signer sign with the step before</source>
        <translation>签署方与上一步同时签署</translation>
    </message>
    <message>
        <source>Next &amp;problem</source>
        <translation>下一个问题(&amp;P)</translation>
    </message>
    <message>
        <source>Open &amp;log folder</source>
        <translation>打开日志文件夹(&amp;L)</translation>
    </message>
    <message>
        <source>Open the signed file</source>
        <translation>打开已签文件</translation>
    </message>
    <message>
        <source>P&amp;resets…</source>
        <translation>预设(&amp;R)…</translation>
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
        <translation>存为预设(&amp;P)…</translation>
    </message>
    <message>
        <source>Seal</source>
        <translation>印章</translation>
    </message>
    <message>
        <source>Search the contracts</source>
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
        <source>Show the &amp;first steps</source>
        <translation>显示新手提示(&amp;F)</translation>
    </message>
    <message>
        <source>Templates</source>
        <translation>模板</translation>
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
        <source>&amp;Template&apos;s id</source>
        <translation>模板编号(&amp;T)</translation>
    </message>
    <message>
        <source>A template that was made elsewhere, in this environment and project. With its PDF, pages and fields are known here; the PDF can also be added later.</source>
        <translation>添加在同一环境和项目中、于别处制作的模板。提供其 PDF 后，本机即可知道页面和填写项；PDF 也可以以后再添加。</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Add a template by its id</source>
        <translation>按 ID 添加模板</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Its PDF</source>
        <translation>模板 PDF</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>The PDF that the template was made of</source>
        <translation>选择制作该模板所用的 PDF</translation>
    </message>
</context>
<context>
    <name>AgentsEditor</name>
    <message>
        <source>Add somebody who acts for it</source>
        <translation>添加经办人</translation>
    </message>
    <message>
        <source>Add somebody: name, pinyin or last digits</source>
        <translation>添加经办人：姓名、拼音或尾号</translation>
    </message>
    <message>
        <source>By default</source>
        <translation>设为默认</translation>
    </message>
    <message>
        <source>No match. Add this person to Contacts first.</source>
        <translation>没有找到。请先将此人添加到联系人。</translation>
    </message>
    <message>
        <source>Persons found</source>
        <translation>查找结果</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Who acts for it</source>
        <translation>经办人</translation>
    </message>
    <message>
        <source>{name} (by default)</source>
        <translation>{name}（默认）</translation>
    </message>
</context>
<context>
    <name>AnswerWords</name>
    <message>
        <source>1 for a tick, 0 for none</source>
        <translation>勾选输入 1，不勾选输入 0</translation>
    </message>
    <message>
        <source>A number, in digits</source>
        <translation>数字</translation>
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
        <source>ID number of a resident</source>
        <translation>居民身份证号</translation>
    </message>
    <message>
        <source>Phone number</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>The number of a choice</source>
        <translation>选项序号</translation>
    </message>
    <message>
        <source>{label} (may stay empty)</source>
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
        <source>Checking the log…</source>
        <translation>正在校验日志是否完整…</translation>
    </message>
    <message>
        <source>Contract</source>
        <translation>合同</translation>
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
        <source>Flow</source>
        <translation>流程编号</translation>
    </message>
    <message>
        <source>Line {number} is not as it was written, or one before it is missing.</source>
        <translation>第 {number} 条记录与写入时不一致，或其前有记录缺失。</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>PIN of the counter</source>
        <translation>柜台 PIN 码</translation>
    </message>
    <message>
        <source>QR code</source>
        <translation>二维码</translation>
    </message>
    <message>
        <source>Seal</source>
        <translation>校验码</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>表格 (*.csv)</translation>
    </message>
    <message>
        <source>The log is complete: no line was changed or removed. Seal {seal}</source>
        <translation>日志完整：没有记录被改动或删除。校验码 {seal}</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>What</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>What was done on this computer</source>
        <translation>本机操作记录</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>a person forgotten</source>
        <translation>清除个人信息</translation>
    </message>
    <message>
        <source>address or project of an environment</source>
        <translation>环境的地址或项目</translation>
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
        <source>confirmed although the pages differ</source>
        <translation>确认继续（与合同文本不符）</translation>
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
        <source>customer handed over</source>
        <translation>业务系统传入客户</translation>
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
        <source>environment in use</source>
        <translation>当前环境</translation>
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
        <translation>客户屏标识</translation>
    </message>
    <message>
        <source>name on the customer&apos;s screen</source>
        <translation>客户屏机构名称</translation>
    </message>
    <message>
        <source>opened for correction</source>
        <translation>取回更正</translation>
    </message>
    <message>
        <source>original downloaded</source>
        <translation>下载原文</translation>
    </message>
    <message>
        <source>policy in force</source>
        <translation>生效的管理策略</translation>
    </message>
    <message>
        <source>preset deleted</source>
        <translation>删除预设</translation>
    </message>
    <message>
        <source>preset from the shared folder</source>
        <translation>来自共享文件夹的预设</translation>
    </message>
    <message>
        <source>preset imported</source>
        <translation>导入预设</translation>
    </message>
    <message>
        <source>preset put on a key</source>
        <translation>设置预设快捷键</translation>
    </message>
    <message>
        <source>preset saved</source>
        <translation>保存预设</translation>
    </message>
    <message>
        <source>price list</source>
        <translation>价格</translation>
    </message>
    <message>
        <source>printed</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>project&apos;s secret changed</source>
        <translation>更改项目密钥</translation>
    </message>
    <message>
        <source>reception of notices</source>
        <translation>平台通知接收端口</translation>
    </message>
    <message>
        <source>result of a sheet</source>
        <translation>批量结果</translation>
    </message>
    <message>
        <source>revoked</source>
        <translation>撤回</translation>
    </message>
    <message>
        <source>second folder for copies</source>
        <translation>备份文件夹</translation>
    </message>
    <message>
        <source>sent</source>
        <translation>发起</translation>
    </message>
    <message>
        <source>setting changed</source>
        <translation>更改设置</translation>
    </message>
    <message>
        <source>sheet begun</source>
        <translation>批量发起开始</translation>
    </message>
    <message>
        <source>sheet sent</source>
        <translation>批量发起</translation>
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
        <source>teller signed in</source>
        <translation>柜员登录</translation>
    </message>
    <message>
        <source>teller&apos;s PIN changed</source>
        <translation>更改柜员 PIN 码</translation>
    </message>
    <message>
        <source>tellers changed</source>
        <translation>柜员名单变更</translation>
    </message>
    <message>
        <source>wrong PIN</source>
        <translation>PIN 错误</translation>
    </message>
    <message>
        <source>wrong PIN at the counter</source>
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
        <source>“{title}”: the signed files are on this computer.</source>
        <translation>“{title}”的已签文件已下载到本机。</translation>
    </message>
</context>
<context>
    <name>BehaviourGroup</name>
    <message numerus="yes">
        <source>%n setting(s) differ from what is usual</source>
        <translation>
            <numerusform>%n 项与通常不同</numerusform>
        </translation>
    </message>
    <message>
        <source>How this platform behaves</source>
        <translation>平台行为</translation>
    </message>
    <message>
        <source>Restore defaults</source>
        <translation>恢复通常设置</translation>
    </message>
    <message>
        <source>The platform&apos;s documentation leaves these open. Seals are placed, drawn and checked as chosen here; a wrong choice puts them elsewhere.</source>
        <translation>平台文档对以下各项没有说明。印章的定位、显示和检查都以此处的选择为准，选错会使印章盖偏。</translation>
    </message>
</context>
<context>
    <name>BehaviourWords</name>
    <message>
        <source>Another mobile of a known person</source>
        <translation>已有账号者换手机号</translation>
    </message>
    <message>
        <source>Before signers see the contract</source>
        <translation>签署方看到合同之前</translation>
    </message>
    <message>
        <source>Cross-page seal</source>
        <translation>骑缝章</translation>
    </message>
    <message>
        <source>Default width of a person&apos;s seal</source>
        <translation>个人印章默认宽度</translation>
    </message>
    <message>
        <source>Default width of an organization&apos;s seal</source>
        <translation>企业印章默认宽度</translation>
    </message>
    <message>
        <source>Is ignored: the old one is kept</source>
        <translation>平台不理会，保留原号码</translation>
    </message>
    <message>
        <source>Is refused: the old one is kept</source>
        <translation>平台拒绝，保留原号码</translation>
    </message>
    <message>
        <source>Is taken</source>
        <translation>平台接受</translation>
    </message>
    <message>
        <source>Its centre (usual)</source>
        <translation>印章中心（通常）</translation>
    </message>
    <message>
        <source>Its lower left corner</source>
        <translation>印章左下角</translation>
    </message>
    <message>
        <source>Keyword&apos;s offset counts from</source>
        <translation>关键字偏移起点</translation>
    </message>
    <message>
        <source>Not known yet: learned with the first contract</source>
        <translation>尚不清楚：发起第一份合同后得知</translation>
    </message>
    <message>
        <source>Not known: the platform is asked each time</source>
        <translation>不清楚：每次询问平台</translation>
    </message>
    <message>
        <source>Only once signers see the contract</source>
        <translation>签署方看到合同之后</translation>
    </message>
    <message>
        <source>Seal&apos;s point</source>
        <translation>印章基准点</translation>
    </message>
    <message>
        <source>The contract is reserved</source>
        <translation>合同份数冻结时间</translation>
    </message>
    <message>
        <source>The first page has its left part (usual)</source>
        <translation>首页为印章左侧部分（通常）</translation>
    </message>
    <message>
        <source>The first page has its right part</source>
        <translation>首页为印章右侧部分</translation>
    </message>
    <message>
        <source>The text&apos;s centre</source>
        <translation>文字中心</translation>
    </message>
    <message>
        <source>The text&apos;s lower left corner (usual)</source>
        <translation>文字左下角（通常）</translation>
    </message>
    <message>
        <source>The text&apos;s lower right corner</source>
        <translation>文字右下角</translation>
    </message>
    <message>
        <source>When signers see the contract</source>
        <translation>签署方看到合同时</translation>
    </message>
    <message>
        <source>When signing links are returned</source>
        <translation>签署链接返回时间</translation>
    </message>
    <message>
        <source>When the contract is made (usual)</source>
        <translation>创建合同时（通常）</translation>
    </message>
    <message>
        <source>{length} mm</source>
        <translation>{length} mm</translation>
    </message>
</context>
<context>
    <name>Booklet</name>
    <message>
        <source>Cross-page seal, pages fanned</source>
        <translation>骑缝章合拢效果</translation>
    </message>
    <message>
        <source>{name}: pages {first} to {last} show one seal together</source>
        <translation>{name}：第 {first} 至 {last} 页合拢为一枚印章</translation>
    </message>
</context>
<context>
    <name>BulkFoot</name>
    <message numerus="yes">
        <source>%n row(s) could not be sent.</source>
        <translation>
            <numerusform>%n 行未能发起。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) still to correct.</source>
        <translation>
            <numerusform>还有 %n 行待改正。</numerusform>
        </translation>
    </message>
    <message>
        <source>As a sheet of their own, to be corrected and dropped here again</source>
        <translation>另存为一份表格，改正后重新拖入</translation>
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
        <source>Looking through the rows…</source>
        <translation>正在核对各行…</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Pausing: the contracts that are under way are finished.</source>
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
        <source>Show in Track</source>
        <translation>在“跟踪”中查看</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>You can keep working elsewhere in the program; closing it pauses the sheet.</source>
        <translation>可以在程序其他地方继续工作；关闭程序会暂停发起。</translation>
    </message>
</context>
<context>
    <name>BulkRoom</name>
    <message numerus="yes">
        <source>%n row(s) saved in “{name}”.</source>
        <translation>
            <numerusform>已将 %n 行保存到“{name}”。</numerusform>
        </translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Choose a sheet</source>
        <translation>选择表格</translation>
    </message>
    <message>
        <source>Correct them there, then drop that sheet here: only they are sent.</source>
        <translation>请在该表格中改正后重新拖入：仅发起这些行。</translation>
    </message>
    <message>
        <source>Excel workbook (*.xlsx);;CSV (*.csv);;JSON for programs (*.json)</source>
        <translation>Excel 工作簿 (*.xlsx);;CSV (*.csv);;供程序使用的 JSON (*.json)</translation>
    </message>
    <message>
        <source>Open the next sheet when they are through, or stop them first.</source>
        <translation>请待其全部发起后再打开下一份表格，或先停止发起。</translation>
    </message>
    <message>
        <source>Save an empty sheet</source>
        <translation>保存空白表</translation>
    </message>
    <message>
        <source>Save the result</source>
        <translation>保存结果</translation>
    </message>
    <message>
        <source>Save the rows to correct</source>
        <translation>保存待改正的行</translation>
    </message>
    <message>
        <source>Sheets</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>The rows of a sheet are being sent.</source>
        <translation>表格中的合同正在发起。</translation>
    </message>
    <message>
        <source>{name} result</source>
        <translation>{name} 结果</translation>
    </message>
    <message>
        <source>{name} to correct</source>
        <translation>{name} 待改正</translation>
    </message>
    <message>
        <source>“{name}” is saved.</source>
        <translation>“{name}”已保存。</translation>
    </message>
</context>
<context>
    <name>BulkWords</name>
    <message>
        <source>A formula without a result: save the sheet in the spreadsheet program, or type the value here.</source>
        <translation>公式没有计算结果：请在表格软件中保存一次，或在这里直接填写。</translation>
    </message>
    <message>
        <source>A number or an address stands where the name should.</source>
        <translation>姓名的位置填了号码或地址。</translation>
    </message>
    <message>
        <source>A residence permit of somebody from Hong Kong, Macao or Taiwan: the platform has no kind for it. Say in a column “Kind of ID” whether it goes as an identity card or as a travel permit.</source>
        <translation>这是港澳台居民居住证的号码，平台没有对应的证件类型。请在“证件类型”列中写明按居民身份证还是按来往内地（大陆）通行证提交。</translation>
    </message>
    <message>
        <source>An error of the spreadsheet program: type the value here.</source>
        <translation>表格软件在这一格显示错误：请在这里直接填写。</translation>
    </message>
    <message>
        <source>Contract title</source>
        <translation>合同标题</translation>
    </message>
    <message>
        <source>Differs</source>
        <translation>内容不一致</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>Flow id</source>
        <translation>流程号</translation>
    </message>
    <message>
        <source>Hidden in the sheet, perhaps by a filter, so it is not sent: show the row there, and choose the sheet again.</source>
        <translation>该行在表格中被隐藏（可能因为筛选），因此不发起：请在表格中让它显示出来，再重新选择表格。</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>身份证号</translation>
    </message>
    <message>
        <source>Is not of age yet.</source>
        <translation>尚未成年。</translation>
    </message>
    <message>
        <source>Kind of ID</source>
        <translation>证件类型</translation>
    </message>
    <message>
        <source>Kind of code</source>
        <translation>证照类型</translation>
    </message>
    <message>
        <source>Longer than {max} characters: shorten it.</source>
        <translation>超过 {max} 个字：请改短。</translation>
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
        <source>No mobile number: no SMS can be sent.</source>
        <translation>没有手机号：无法发送短信通知。</translation>
    </message>
    <message>
        <source>Not sent</source>
        <translation>未发起</translation>
    </message>
    <message>
        <source>Organization</source>
        <translation>机构名称</translation>
    </message>
    <message>
        <source>Organization&apos;s code</source>
        <translation>机构代码</translation>
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
        <source>Remark</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Row in the sheet</source>
        <translation>原表行号</translation>
    </message>
    <message>
        <source>Row {row} has this ID number under another name: one of them is wrong.</source>
        <translation>第 {row} 行有相同的身份证号，但姓名不同：其中一处有误。</translation>
    </message>
    <message>
        <source>Sending</source>
        <translation>发起中</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>已发起</translation>
    </message>
    <message>
        <source>Sent at {moment} to another phone or e-mail; it is not sent again unless you say so.</source>
        <translation>已于 {moment} 发起，但手机号或邮箱不同；除非您另行指定，不会再次发起。</translation>
    </message>
    <message>
        <source>Sent at {moment}, as it had been corrected here.</source>
        <translation>已于 {moment} 按在此改正后的内容发起。</translation>
    </message>
    <message>
        <source>Sent at {moment}.</source>
        <translation>已于 {moment} 发起。</translation>
    </message>
    <message>
        <source>Sent at {moment}; since then: {state}.</source>
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
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>The ID number can&apos;t be right: its length or its check digit does not fit.</source>
        <translation>身份证号有误：位数或校验位不对。</translation>
    </message>
    <message>
        <source>The form would go out without “{field}”: give it a column, and fill it in.</source>
        <translation>表单中缺少“{field}”：请为其指定一列并填写。</translation>
    </message>
    <message>
        <source>The organization&apos;s code can&apos;t be right: its length or its check digit does not fit.</source>
        <translation>机构代码有误：位数或校验位不对。</translation>
    </message>
    <message>
        <source>The platform did not fill in the form as the row says. Nobody has seen it: look at it in Track.</source>
        <translation>平台生成的文件与该行内容不一致。尚无人看到：请在“跟踪”中查看。</translation>
    </message>
    <message>
        <source>The platform keeps another mobile number that it has: its message goes there.</source>
        <translation>平台保留其原有手机号，短信将发送至该号码。</translation>
    </message>
    <message>
        <source>The same as row {row}: it would be sent twice. Give each a reference of yours if both are meant.</source>
        <translation>与第 {row} 行相同，会发起两次。若确实要发两份，请给每行填写不同的内部编号。</translation>
    </message>
    <message>
        <source>The same person and contract as row {row}, with another phone or e-mail: remove one of them.</source>
        <translation>与第 {row} 行是同一人、同一合同，只是手机号或邮箱不同：请删去其中一行。</translation>
    </message>
    <message>
        <source>The same person appears twice in this row.</source>
        <translation>这一行中有两处是同一个人。</translation>
    </message>
    <message>
        <source>The spreadsheet program kept only 15 digits of this number: type it again, here or as text there.</source>
        <translation>表格软件只保留了这个号码的前 15 位：请在这里重新填写，或在表格中以文本格式重填。</translation>
    </message>
    <message>
        <source>This ID number is known here under another name: check both.</source>
        <translation>这个身份证号在本机登记的是另一个姓名：请核对。</translation>
    </message>
    <message>
        <source>This contract was begun with another phone or e-mail: finish or cancel it in Track first.</source>
        <translation>该合同已用另一手机号或邮箱开始发起：请先在“跟踪”中完成或取消。</translation>
    </message>
    <message>
        <source>This is not a mobile number.</source>
        <translation>这不是手机号。</translation>
    </message>
    <message>
        <source>This is not an e-mail address.</source>
        <translation>这不是邮箱地址。</translation>
    </message>
    <message>
        <source>This kind of code is not known.</source>
        <translation>无法识别这种证照类型。</translation>
    </message>
    <message>
        <source>This kind of document is not known.</source>
        <translation>无法识别这种证件类型。</translation>
    </message>
    <message>
        <source>To correct</source>
        <translation>待改正</translation>
    </message>
    <message>
        <source>To correct here</source>
        <translation>待改正事项</translation>
    </message>
    <message>
        <source>Was begun and is not sent yet; it goes on where it stopped.</source>
        <translation>已开始但尚未全部发起：将从中断处继续。</translation>
    </message>
    <message>
        <source>Was sent before; you want it sent once more.</source>
        <translation>之前已发起过；按您的要求再发起一次。</translation>
    </message>
    <message>
        <source>Whether it arrived is not known, so it is not sent again: decide about it in Track.</source>
        <translation>不确定是否已送达，因此不会再次发起：请在“跟踪”中决定。</translation>
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
        <source>“{name}” has to be a date that exists, such as 2026-03-09.</source>
        <translation>“{name}”须为真实存在的日期，例如 2026-03-09。</translation>
    </message>
    <message>
        <source>“{name}” has to be a number.</source>
        <translation>“{name}”须为数字。</translation>
    </message>
    <message>
        <source>“{name}” has to be an amount in yuan, in digits, such as 50,000 or 1234.50.</source>
        <translation>“{name}”须为以元为单位的金额，用数字填写，例如 50,000 或 1234.50。</translation>
    </message>
    <message>
        <source>“{name}” has to be one of: {choices}.</source>
        <translation>“{name}”须为下列选项之一：{choices}。</translation>
    </message>
    <message>
        <source>“{name}” is a tick: write 是 or 否.</source>
        <translation>“{name}”为勾选项：请填“是”或“否”。</translation>
    </message>
</context>
<context>
    <name>Calibration</name>
    <message>
        <source>Set what is marked with *? [y/N] </source>
        <translation>是否采用带 * 的设置？[y/N] </translation>
    </message>
    <message>
        <source>Settings changed: {count}</source>
        <translation>已更改 {count} 项设置。</translation>
    </message>
</context>
<context>
    <name>CalibrationDialog</name>
    <message numerus="yes">
        <source>%n other mark(s) on the pages belong to no seal; they are dotted.</source>
        <translation>
            <numerusform>页面上另有 %n 处不属于任何印章的标记，以点线框出。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n setting(s) of {environment} should be changed</source>
        <translation>
            <numerusform>{environment}有 %n 项设置应更改</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Apply selected</source>
        <translation>采用所选(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Cancel this one</source>
        <translation>放弃这一份(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>关闭(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation>继续(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Leave as it is</source>
        <translation>保持不变(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Send the sheet</source>
        <translation>发送校准文件(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>停止(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation>重试(&amp;T)</translation>
    </message>
    <message>
        <source>A sheet of three pages is sent to {environment}, sealed there without anybody&apos;s doing, fetched and measured. It uses one contract of the package there.</source>
        <translation>将向{environment}发送一份三页的校准文件，自动盖章后下载并测量。将使用该环境套餐中的一份合同。</translation>
    </message>
    <message>
        <source>A sheet sent to {environment} earlier is still to be measured. No other one is sent.</source>
        <translation>此前发往{environment}的校准文件尚未测量。不会再发送另一份。</translation>
    </message>
    <message>
        <source>Also with an invented &amp;person</source>
        <translation>同时使用虚构人员(&amp;P)</translation>
    </message>
    <message>
        <source>Calibrate</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>Find out how this platform places seals</source>
        <translation>测出该平台的盖章方式</translation>
    </message>
    <message>
        <source>Our application</source>
        <translation>本平台应用</translation>
    </message>
    <message>
        <source>Sealed &amp;by</source>
        <translation>盖章方(&amp;B)</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>Two accounts are made for nobody, and a second contract is started and revoked before it is seen.</source>
        <translation>将为虚构人员创建两个账号，并另外发起一份合同，在任何人看到之前撤回。</translation>
    </message>
    <message>
        <source>Whoever seals it must be allowed to seal silently there. Nobody is notified, the sheet has no legal effect, and settings change only when you apply them.</source>
        <translation>盖章方须已开通静默签署。不会通知任何人，校准文件没有法律效力；仅在您确认后才更改设置。</translation>
    </message>
    <message>
        <source>You can close this and continue later: no second sheet is sent.</source>
        <translation>可以关闭此窗口，稍后继续：不会再发送第二份。</translation>
    </message>
    <message>
        <source>{environment} is set as it behaves</source>
        <translation>{environment}的设置与平台一致</translation>
    </message>
</context>
<context>
    <name>CalibrationResult</name>
    <message>
        <source>Found out</source>
        <translation>测得</translation>
    </message>
    <message>
        <source>Green: where the seal is. Dashed: where it would be, violet for the answer that fits.</source>
        <translation>绿框：印章实际位置。虚线：各种设置下的位置，紫色为相符的设置。</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>当前</translation>
    </message>
    <message>
        <source>Page {number}</source>
        <translation>第 {number} 页</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>CalibrationWords</name>
    <message>
        <source>Calibration (not a contract)</source>
        <translation>校准文件（非合同）</translation>
    </message>
    <message>
        <source>Checking whether signing links are returned…</source>
        <translation>正在查看是否返回签署链接…</translation>
    </message>
    <message>
        <source>Fetching the sealed sheet…</source>
        <translation>正在下载盖章后的文件…</translation>
    </message>
    <message>
        <source>Looking for the invented person&apos;s accounts…</source>
        <translation>正在查找虚构人员的账号…</translation>
    </message>
    <message>
        <source>Measuring the seals…</source>
        <translation>正在测量印章…</translation>
    </message>
    <message>
        <source>No setting fits: the seal is {right} mm to the right of the nearest place, {up} mm above it.</source>
        <translation>没有相符的设置：印章在最接近位置的右侧 {right} mm、上方 {up} mm。</translation>
    </message>
    <message>
        <source>No setting fits: the seals are not the same picture.</source>
        <translation>没有相符的设置：两枚印章不是同一图样。</translation>
    </message>
    <message>
        <source>Not found out: it needs the first seal.</source>
        <translation>未能得知：需先测得第一枚印章。</translation>
    </message>
    <message>
        <source>Not found out: its seal is larger than the room left for it.</source>
        <translation>未能得知：印章大于预留的位置。</translation>
    </message>
    <message>
        <source>Not found out: its seal is not on the page.</source>
        <translation>未能得知：页面上没有该印章。</translation>
    </message>
    <message>
        <source>Not found out: the platform refused it ({words}).</source>
        <translation>未能得知：平台已拒绝（{words}）。</translation>
    </message>
    <message>
        <source>Not found out: the platform refused it.</source>
        <translation>未能得知：平台已拒绝。</translation>
    </message>
    <message>
        <source>Not found out: with this seal both look the same.</source>
        <translation>未能得知：用此印章，两种方式看起来相同。</translation>
    </message>
    <message>
        <source>Not tried: it needs the invented person.</source>
        <translation>未尝试：需要虚构人员。</translation>
    </message>
    <message>
        <source>Sending the calibration sheet…</source>
        <translation>正在发送校准文件…</translation>
    </message>
    <message>
        <source>The platform has no call for this. Set it by hand.</source>
        <translation>平台没有可查询的接口，请手动设置。</translation>
    </message>
    <message>
        <source>Waiting for the platform to seal it…</source>
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
    <name>CellGrid</name>
    <message>
        <source>Cells of the table</source>
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
        <source>The file of “{name}” has changed. The contract still has the version that you opened.</source>
        <translation>“{name}”的文件已被修改，合同中仍是您打开时的版本。</translation>
    </message>
    <message>
        <source>The file of “{name}” is no longer where it was. Put it back or choose another; the seals stay.</source>
        <translation>“{name}”的文件已不在原处。请放回原处或另选文件，已放置的印章会保留。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Use the new version</source>
        <translation>使用新版本</translation>
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
        <translation>对应字段</translation>
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
        <source>Find a command</source>
        <translation>查找命令</translation>
    </message>
    <message>
        <source>No command has such a name.</source>
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
        <source>%n of them continue(s) where it stopped; nobody gets it twice.</source>
        <translation>
            <numerusform>其中 %n 份从停下的地方继续；不会有人收到两份。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them was sent before: who got it gets another one.</source>
        <translation>
            <numerusform>其中 %n 份之前已发起过：对方会再收到一份。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) need your decision: whether they arrived is not known.</source>
        <translation>
            <numerusform>%n 行待核实：不确定是否已送达。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) sent already: nobody gets a contract twice.</source>
        <translation>
            <numerusform>%n 行已发起过：不会有人收到两份。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) that the platform made otherwise: look at them in Track.</source>
        <translation>
            <numerusform>%n 行由平台生成的文件与内容不一致：请在“跟踪”中查看。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) to correct: they can be sent later, from the same sheet.</source>
        <translation>
            <numerusform>%n 行待改正：以后可用同一张表补发。</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Back to the rows (Esc)</source>
        <translation>返回各行（Esc）</translation>
    </message>
    <message>
        <source>By the preset</source>
        <translation>按预设</translation>
    </message>
    <message numerus="yes">
        <source>By the preset, signing ends %n minute(s) after sending.</source>
        <translation>
            <numerusform>按该预设，发起 %n 分钟后签署截止。</numerusform>
        </translation>
    </message>
    <message>
        <source>Check before sending</source>
        <translation>发起前请核对</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>费用</translation>
    </message>
    <message>
        <source>Each is used when everybody has signed, and released if it is revoked, declined or expires.</source>
        <translation>每份在全部签署后扣减；撤回、拒签或过期则释放。</translation>
    </message>
    <message>
        <source>Filled in</source>
        <translation>填入内容</translation>
    </message>
    <message>
        <source>From “{sheet}”, one contract a row.</source>
        <translation>来自“{sheet}”，每行一份合同。</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>不发起的行</translation>
    </message>
    <message>
        <source>Once sent, contracts can&apos;t be edited, only revoked one by one.</source>
        <translation>发起后不可修改，只能逐份撤回。</translation>
    </message>
    <message>
        <source>Send a sheet — {preset}</source>
        <translation>批量发起 — {preset}</translation>
    </message>
    <message>
        <source>The sheet has no headings: its columns were recognized by their contents.</source>
        <translation>该表格没有标题：各列按其内容识别。</translation>
    </message>
    <message>
        <source>Theirs is reserved when they sign, used when everybody has signed, and released otherwise.</source>
        <translation>对方签署时冻结其套餐，全部签署完成后扣减，否则释放。</translation>
    </message>
    <message>
        <source>This preset sends no message: hand out the links yourself. They are in the result list.</source>
        <translation>该预设不发送任何通知：请把链接发给签署方，链接在结果清单里。</translation>
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
        <source>and %n more row(s), as the grid shows them.</source>
        <translation>
            <numerusform>另有 %n 行，以表格中所示为准。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConnectionWords</name>
    <message>
        <source>Connected: the platform answered in {latency} ms, and the secret is right.</source>
        <translation>连接正常：平台在 {latency} 毫秒内响应，密钥正确。</translation>
    </message>
    <message>
        <source>This computer&apos;s clock is {minutes} min ahead: set it right.</source>
        <translation>本机时钟快了 {minutes} 分钟，请校准。</translation>
    </message>
    <message>
        <source>This computer&apos;s clock is {minutes} min behind: set it right.</source>
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
        <source>&amp;Forget this person…</source>
        <translation>清除此人信息(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Merge with another contact…</source>
        <translation>与其他联系人合并(&amp;M)…</translation>
    </message>
    <message>
        <source>Acts for</source>
        <translation>代表企业</translation>
    </message>
    <message>
        <source>At the platform</source>
        <translation>平台账户</translation>
    </message>
    <message>
        <source>Contracts</source>
        <translation>合同</translation>
    </message>
    <message>
        <source>Delete it for ever?</source>
        <translation>确认永久删除？</translation>
    </message>
    <message>
        <source>Delete this contact</source>
        <translation>删除此联系人</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
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
        <source>Merge…</source>
        <translation>合并…</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>New contract with them</source>
        <translation>与其新建合同</translation>
    </message>
    <message>
        <source>No longer one of &amp;ours</source>
        <translation>取消我方标记(&amp;O)</translation>
    </message>
    <message>
        <source>Nobody yet: add them with Edit, or fill them in with the next contract.</source>
        <translation>暂无经办人：可在“编辑”中添加，或在下一份合同中填写。</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>暂无合同</translation>
    </message>
    <message>
        <source>Not there yet: the account is made with the first contract.</source>
        <translation>尚未开户：首次发起合同时自动创建账户。</translation>
    </message>
    <message>
        <source>One of &amp;ours</source>
        <translation>标记为我方(&amp;O)</translation>
    </message>
    <message>
        <source>Particulars</source>
        <translation>基本信息</translation>
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
        <source>Show in Track</source>
        <translation>在“跟踪”中查看</translation>
    </message>
    <message>
        <source>Show number, mobile and e-mail in full</source>
        <translation>显示完整证件号码、手机号和邮箱</translation>
    </message>
    <message>
        <source>Who acts for it</source>
        <translation>经办人</translation>
    </message>
    <message>
        <source>Your reference</source>
        <translation>内部编号</translation>
    </message>
    <message>
        <source>by default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>not known here</source>
        <translation>本机未保存</translation>
    </message>
    <message>
        <source>{count}, the last {moment}</source>
        <translation>{count}，最近一份 {moment}</translation>
    </message>
    <message>
        <source>{name} has the same number. One of the two names is wrong, or an earlier one.</source>
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
        <source>%n contact(s) edited or used since stayed as they are.</source>
        <translation>
            <numerusform>%n 个联系人导入后又编辑或使用过，其内容保持不变。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n contact(s) written to {name}.</source>
        <translation>
            <numerusform>已将 %n 个联系人写入 {name}。</numerusform>
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
        <source>Sheets and address books</source>
        <translation>表格和通讯录</translation>
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
        <source>Not at the platform yet</source>
        <translation>尚未开户</translation>
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
        <source>Persons</source>
        <translation>个人</translation>
    </message>
    <message>
        <source>Without an account in the environment in use: it is made with the first contract</source>
        <translation>在当前签署环境中没有账户，首次发起合同时自动创建</translation>
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
        <source>Everybody you send a contract to is listed here. You can also add people beforehand.</source>
        <translation>合同发起后，各签署方自动列入此处；也可以提前添加。</translation>
    </message>
    <message>
        <source>Import from a file…</source>
        <translation>从文件导入…</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
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
        <source>New organization</source>
        <translation>新建企业</translation>
    </message>
    <message>
        <source>New person</source>
        <translation>新建个人</translation>
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
        <source>Change contact</source>
        <translation>编辑联系人</translation>
    </message>
    <message>
        <source>Fill in the name.</source>
        <translation>请填写姓名或名称。</translation>
    </message>
    <message>
        <source>Keep both</source>
        <translation>两者都保留</translation>
    </message>
    <message>
        <source>New contact instead</source>
        <translation>另建联系人</translation>
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
        <source>Not at the platform yet: a typing mistake in name, document or number can be corrected here.</source>
        <translation>尚未在平台开户：可在此更正姓名、证件类型或证件号码的录入错误。</translation>
    </message>
    <message>
        <source>One of ours: stands on top, and is offered first in a new contract</source>
        <translation>我方：置顶显示，新建合同时优先提供</translation>
    </message>
    <message>
        <source>Part of this line can&apos;t be read for sure. Put each number into its own field.</source>
        <translation>这一行有内容无法确定识别，请把各号码填入对应栏。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Seal size</source>
        <translation>印章尺寸</translation>
    </message>
    <message>
        <source>Show that contact</source>
        <translation>查看该联系人</translation>
    </message>
    <message>
        <source>The platform has an account of exactly this name, document and number, so these stay as they are. Somebody else, or somebody who has another name or document now, is a contact of their own.</source>
        <translation>平台已按此姓名、证件类型和证件号码开户，三者不可更改。如为他人，或姓名、证件已变更，请另建联系人。</translation>
    </message>
    <message>
        <source>This is not a mobile number.</source>
        <translation>手机号格式不正确。</translation>
    </message>
    <message>
        <source>This is not an e-mail address.</source>
        <translation>邮箱格式不正确。</translation>
    </message>
    <message>
        <source>This number belongs to {name} here: one of the two names is wrong, or an earlier one.</source>
        <translation>该证件号码已属于 {name}：两个姓名之一有误，或为曾用名。</translation>
    </message>
    <message>
        <source>This number can&apos;t be right: its check digit does not fit. Compare it with the document.</source>
        <translation>号码校验位不符，请与证件核对。</translation>
    </message>
    <message>
        <source>Width of our seal</source>
        <translation>印章宽度</translation>
    </message>
    <message>
        <source>With the next contract a new account is made for {new}, and {new} is notified.</source>
        <translation>下一份合同将以 {new} 新建账户，并通知 {new}。</translation>
    </message>
    <message>
        <source>With the next contract a new account is made for {new}, and {new} is notified. Contracts that were sent before stay with {old}.</source>
        <translation>下一份合同将以 {new} 新建账户，并通知 {new}；此前发起的合同仍通知 {old}。</translation>
    </message>
    <message>
        <source>{name} is there already, with this very number.</source>
        <translation>{name} 已在联系人中，证件号码相同。</translation>
    </message>
</context>
<context>
    <name>ContactTable</name>
    <message>
        <source>A number or an address stands where the name should.</source>
        <translation>姓名的位置填了号码或地址。</translation>
    </message>
    <message>
        <source>A value is too long.</source>
        <translation>内容过长。</translation>
    </message>
    <message>
        <source>Agent</source>
        <translation>经办人</translation>
    </message>
    <message>
        <source>Agent&apos;s ID number</source>
        <translation>经办人证件号码</translation>
    </message>
    <message>
        <source>Agent&apos;s ID type</source>
        <translation>经办人证件类型</translation>
    </message>
    <message>
        <source>Agent&apos;s mobile</source>
        <translation>经办人手机号</translation>
    </message>
    <message>
        <source>Contacts</source>
        <translation>联系人</translation>
    </message>
    <message>
        <source>Document number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>Document type</source>
        <translation>证件类型</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
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
        <source>Several documents have such a number: name the kind in a column called Document type.</source>
        <translation>多种证件可能使用该号码，请在“证件类型”列中写明。</translation>
    </message>
    <message>
        <source>The e-mail address can&apos;t be right and is left out.</source>
        <translation>邮箱无效，将不导入邮箱。</translation>
    </message>
    <message>
        <source>The kind is neither Person nor Organization.</source>
        <translation>类型须为“个人”或“企业”。</translation>
    </message>
    <message>
        <source>The legal representative&apos;s number can&apos;t be right and is left out.</source>
        <translation>法定代表人证件号码无效，将不导入该号码。</translation>
    </message>
    <message>
        <source>The mobile can&apos;t be right and is left out.</source>
        <translation>手机号无效，将不导入手机号。</translation>
    </message>
    <message>
        <source>The number can&apos;t be right for its document.</source>
        <translation>证件号码与证件类型不符。</translation>
    </message>
    <message>
        <source>The number is masked, so it tells nobody.</source>
        <translation>证件号码已脱敏，无法识别身份。</translation>
    </message>
    <message>
        <source>The spreadsheet program has rounded or computed a value: format the column as text.</source>
        <translation>表格程序改动了数值（取整或公式），请将该列设为文本格式。</translation>
    </message>
    <message>
        <source>There is no name.</source>
        <translation>缺少名称。</translation>
    </message>
    <message>
        <source>This kind of document is not known.</source>
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
        <source>agent</source>
        <translation>经办人</translation>
    </message>
    <message>
        <source>e-mail</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>legal representative</source>
        <translation>法定代表人</translation>
    </message>
    <message>
        <source>legal representative&apos;s number</source>
        <translation>法定代表人证件号码</translation>
    </message>
    <message>
        <source>mobile</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>ours</source>
        <translation>我方</translation>
    </message>
    <message>
        <source>reference</source>
        <translation>内部编号</translation>
    </message>
</context>
<context>
    <name>ContactTableModel</name>
    <message>
        <source>Acts for / acted for by</source>
        <translation>代表企业 / 经办人</translation>
    </message>
    <message>
        <source>Contracts</source>
        <translation>合同</translation>
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
        <source>Number</source>
        <translation>证件号码</translation>
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
</context>
<context>
    <name>ContactWords</name>
    <message>
        <source>Number</source>
        <translation>证件号码</translation>
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
        <source>agent not known here</source>
        <translation>经办人未保存</translation>
    </message>
    <message>
        <source>earlier one</source>
        <translation>曾用</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>mobile not known here</source>
        <translation>手机号未保存</translation>
    </message>
    <message>
        <source>represented by {name}</source>
        <translation>经办人 {name}</translation>
    </message>
</context>
<context>
    <name>ContactsRoom</name>
    <message>
        <source>&amp;Export the selected…</source>
        <translation>导出所选(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Import from a file…</source>
        <translation>从文件导入(&amp;I)…</translation>
    </message>
    <message>
        <source>Contacts</source>
        <translation>联系人</translation>
    </message>
    <message>
        <source>Hold Ctrl while you click the second one, or Shift while you press an arrow key.</source>
        <translation>按住 Ctrl 键点击第二个联系人，或按住 Shift 键再按方向键。</translation>
    </message>
    <message>
        <source>Select the two contacts in the list first.</source>
        <translation>请先在列表中选中两个联系人。</translation>
    </message>
</context>
<context>
    <name>CopiesForm</name>
    <message>
        <source>A person who was forgotten here is still in the copies until the folder can be reached.</source>
        <translation>已在本机清除的人员仍存在于备份中，待文件夹可用时即会清除。</translation>
    </message>
    <message>
        <source>Choose folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>Copy now</source>
        <translation>立即备份</translation>
    </message>
    <message>
        <source>Copy there from now on</source>
        <translation>开始备份到此处</translation>
    </message>
    <message>
        <source>Copying begins…</source>
        <translation>备份即将开始…</translation>
    </message>
    <message>
        <source>Copying has stopped. What is in the folder stays there.</source>
        <translation>已停止备份。文件夹中的内容保持不变。</translation>
    </message>
    <message>
        <source>Documents of drafts that are left out, gone, changed or too large: {count}.</source>
        <translation>未备份的草稿文件（已移走、已更改或过大）：{count} 个。</translation>
    </message>
    <message>
        <source>Drafts, presets and accounts as of {time}, {size} MB.</source>
        <translation>草稿、预设和账户备份于 {time}，{size} MB。</translation>
    </message>
    <message>
        <source>Every contract is in the second folder, as of {time}.</source>
        <translation>截至 {time}，全部合同均已备份。</translation>
    </message>
    <message>
        <source>Folder with another computer&apos;s copies</source>
        <translation>存有另一台计算机备份的文件夹</translation>
    </message>
    <message>
        <source>From another computer</source>
        <translation>来自另一台计算机</translation>
    </message>
    <message>
        <source>Its passphrase</source>
        <translation>其口令</translation>
    </message>
    <message>
        <source>Keep it somewhere other than this computer: without it nobody can read the copies, not even you.</source>
        <translation>请将口令保存在本机以外：没有口令，任何人（包括您）都无法读取备份。</translation>
    </message>
    <message>
        <source>Looking at the folder…</source>
        <translation>正在检查文件夹…</translation>
    </message>
    <message>
        <source>None: the list is only on this computer</source>
        <translation>未选择：列表只在本机</translation>
    </message>
    <message>
        <source>Passphrase, twice</source>
        <translation>口令（输入两次）</translation>
    </message>
    <message>
        <source>Repeat the passphrase</source>
        <translation>再次输入口令</translation>
    </message>
    <message>
        <source>Restart the program to finish.</source>
        <translation>请关闭并重新启动程序，之后一切就绪。</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Restore from copies…</source>
        <translation>从备份恢复…</translation>
    </message>
    <message>
        <source>Restoring…</source>
        <translation>正在恢复…</translation>
    </message>
    <message>
        <source>Second folder</source>
        <translation>备份文件夹</translation>
    </message>
    <message>
        <source>Second folder, on a share or a stick</source>
        <translation>备份文件夹（共享文件夹或 U 盘）</translation>
    </message>
    <message>
        <source>Stop copying</source>
        <translation>停止备份</translation>
    </message>
    <message>
        <source>The copies are behind since {time}.</source>
        <translation>备份自 {time} 起滞后。</translation>
    </message>
    <message>
        <source>The list of contracts exists on this computer alone. In a second folder, on a share or a stick, it outlives the computer: every contract at once, drafts, presets and accounts once a day. All of it is encrypted with a passphrase.</source>
        <translation>合同列表只存在于本机。放入共享文件夹或 U 盘上的备份文件夹后，即使本机损坏也不会丢失：合同即时备份，草稿、预设和账户每天备份一次。全部内容均以口令加密。</translation>
    </message>
    <message>
        <source>The passphrases don&apos;t match: enter them again.</source>
        <translation>两次输入的口令不一致，请重新输入。</translation>
    </message>
    <message>
        <source>There is no keyring: the passphrase is asked for again at the next start.</source>
        <translation>本机没有系统密钥环：下次启动时需再次输入口令。</translation>
    </message>
    <message>
        <source>This folder is on the same disk as the program&apos;s data: it does not outlive a broken disk.</source>
        <translation>此文件夹与程序数据在同一块磁盘上：磁盘损坏时会一同丢失。</translation>
    </message>
    <message>
        <source>Whose</source>
        <translation>计算机</translation>
    </message>
    <message>
        <source>{name}, last copied at an unknown time</source>
        <translation>{name}，最近备份时间未知</translation>
    </message>
    <message>
        <source>{name}, last copied {time}</source>
        <translation>{name}，最近备份于 {time}</translation>
    </message>
</context>
<context>
    <name>CopyOfferWords</name>
    <message>
        <source>A copy from before the upgrade lies here, of {time}.</source>
        <translation>本机存有一份升级前的副本，时间为 {time}。</translation>
    </message>
    <message>
        <source>If you start with it, drafts, presets, contacts and settings are as they were then. Contracts sent since: {count}; they come back with their links, and with their titles once the platform is asked. The newer data is moved aside in the data folder and kept.</source>
        <translation>若使用该副本启动，草稿、预设、联系人和设置将恢复到当时的状态。此后发出的合同：{count} 份，会连同签署链接一起恢复，标题在查询平台后补齐。新版本的数据会移至一旁，保留在数据文件夹中。</translation>
    </message>
    <message>
        <source>If you start with it, drafts, presets, contacts and settings are as they were then. No contract was sent since. The newer data is moved aside in the data folder and kept.</source>
        <translation>若使用该副本启动，草稿、预设、联系人和设置将恢复到当时的状态。此后未发出任何合同。新版本的数据会移至一旁，保留在数据文件夹中。</translation>
    </message>
</context>
<context>
    <name>CopyToPages</name>
    <message>
        <source>&amp;All pages</source>
        <translation>全部页(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Even pages</source>
        <translation>偶数页(&amp;E)</translation>
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
        <source>&amp;Odd pages</source>
        <translation>奇数页(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;These:</source>
        <translation>指定页(&amp;T)：</translation>
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
        <source>Copy as seals that &amp;move separately</source>
        <translation>复制为可单独移动的印章(&amp;M)</translation>
    </message>
    <message>
        <source>Copy to pages</source>
        <translation>复制到其他页</translation>
    </message>
    <message>
        <source>Leave out the &amp;cover</source>
        <translation>不含封面(&amp;C)</translation>
    </message>
    <message numerus="yes">
        <source>On %n more page(s).</source>
        <translation>
            <numerusform>将另盖 %n 页。</numerusform>
        </translation>
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
    <name>CopyWatch</name>
    <message>
        <source>Copies are behind since {time}</source>
        <translation>备份自 {time} 起滞后</translation>
    </message>
</context>
<context>
    <name>CopyWords</name>
    <message>
        <source>Not on page {pages}: the document has no such page.</source>
        <translation>第 {pages} 页未复制：文件没有该页。</translation>
    </message>
    <message>
        <source>Not on page {pages}: the seal would not fit there.</source>
        <translation>第 {pages} 页未复制：印章放不下。</translation>
    </message>
    <message>
        <source>Not pasted: a cross-page seal needs at least two pages of {name}.</source>
        <translation>未粘贴：骑缝章至少需要《{name}》的两页。</translation>
    </message>
    <message>
        <source>Not pasted: add a signer first, whose seals they become.</source>
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
    <name>CounterAccess</name>
    <message>
        <source>PIN: </source>
        <translation>PIN 码：</translation>
    </message>
    <message>
        <source>The counter has no PIN any more.</source>
        <translation>柜台已不再需要 PIN 码。</translation>
    </message>
    <message>
        <source>The teller can sign in with this PIN.</source>
        <translation>该柜员可以用此 PIN 码登录。</translation>
    </message>
    <message>
        <source>The teller is removed.</source>
        <translation>已移除该柜员。</translation>
    </message>
</context>
<context>
    <name>CounterForm</name>
    <message>
        <source>As customers see it</source>
        <translation>客户屏预览</translation>
    </message>
    <message>
        <source>Choose a picture…</source>
        <translation>选择图片…</translation>
    </message>
    <message>
        <source>Ctrl+L opens it again for everybody. With a PIN of {least} to {most} digits only for those who know it.</source>
        <translation>锁定后任何人按 Ctrl+L 都能解锁；设置 {least} 至 {most} 位数字的 PIN 码后，只有知道它的人才能解锁。</translation>
    </message>
    <message>
        <source>Ctrl+L opens it again with the PIN.</source>
        <translation>按 Ctrl+L 锁定后，须输入 PIN 码才能解锁。</translation>
    </message>
    <message>
        <source>Current PIN</source>
        <translation>当前 PIN 码</translation>
    </message>
    <message>
        <source>Locked counter</source>
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
        <source>Name on the customer&apos;s screen</source>
        <translation>客户屏上的名称</translation>
    </message>
    <message>
        <source>New PIN, twice</source>
        <translation>新 PIN 码（两次）</translation>
    </message>
    <message>
        <source>PNG or JPEG, up to 2 MB. It is copied; nothing else goes to that screen.</source>
        <translation>PNG 或 JPEG，不超过 2 MB。图片会复制保存；除此之外不会向客户屏显示任何内容。</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Remove the PIN</source>
        <translation>取消 PIN 码</translation>
    </message>
    <message>
        <source>Remove the logo</source>
        <translation>不用标志</translation>
    </message>
    <message>
        <source>Repeat the new PIN</source>
        <translation>再次输入新 PIN 码</translation>
    </message>
    <message>
        <source>Set the PIN</source>
        <translation>设置 PIN 码</translation>
    </message>
    <message>
        <source>The PIN is removed.</source>
        <translation>已取消 PIN 码。</translation>
    </message>
    <message>
        <source>The PIN is set.</source>
        <translation>PIN 码已设置。</translation>
    </message>
    <message>
        <source>The PINs don&apos;t match: enter the new PIN twice.</source>
        <translation>两次输入不一致，请重新输入新 PIN 码。</translation>
    </message>
    <message>
        <source>e.g. the name of the bank</source>
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
        <source>A code is on the screen: wait for it, or revoke it with Esc Esc.</source>
        <translation>屏幕上正显示二维码：请等待签署，或连按两次 Esc 撤回。</translation>
    </message>
    <message>
        <source>A contract is being sent: wait for it, or press Esc Esc to cancel.</source>
        <translation>合同正在发起：请稍候，或连按两次 Esc 取消。</translation>
    </message>
    <message>
        <source>Choose a contract first: F2 to F8.</source>
        <translation>请先按 F2 至 F8 选择合同。</translation>
    </message>
    <message>
        <source>Counter</source>
        <translation>柜台</translation>
    </message>
    <message>
        <source>Esc once more revokes and clears.</source>
        <translation>再按一次 Esc 即撤回并清空。</translation>
    </message>
    <message>
        <source>That press came too soon, and nothing was done. If you mean it, press again.</source>
        <translation>操作过快，未予执行。如确需执行，请再按一次。</translation>
    </message>
    <message>
        <source>There is no contract here that was just signed.</source>
        <translation>这里没有刚签署完成的合同。</translation>
    </message>
</context>
<context>
    <name>CounterWords</name>
    <message>
        <source>Already signed today</source>
        <translation>今日已签署</translation>
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
        <source>It was sent at {time} and is not signed. Its code is still valid and can be shown again. If the customer has left, leave it: it is on the shift sheet and in Track.</source>
        <translation>{time} 发起，尚未签署。二维码仍然有效，可再次显示。客户如已离开，可暂不处理：可在班次清单或“跟踪”中查看。</translation>
    </message>
    <message>
        <source>Its form holds what was entered then.</source>
        <translation>表单中为当时录入的内容。</translation>
    </message>
    <message>
        <source>No answer from the platform</source>
        <translation>未收到平台的发起结果</translation>
    </message>
    <message>
        <source>No connection; the code stays valid</source>
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
        <source>Not signed: a signature failed</source>
        <translation>未签成：签署失败</translation>
    </message>
    <message>
        <source>Not signed: a signature failed, or another signer declined</source>
        <translation>未签成：签名失败，或其他签署方拒签</translation>
    </message>
    <message>
        <source>Not signed: another signer declined</source>
        <translation>未签成：其他签署方已拒签</translation>
    </message>
    <message>
        <source>One contract is still unsigned today</source>
        <translation>今天还有一份合同待签</translation>
    </message>
    <message>
        <source>Press F12 to send the contract to the same customer again.</source>
        <translation>按 F12 向同一客户重新发起。</translation>
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
        <source>Sending…</source>
        <translation>正在发起…</translation>
    </message>
    <message>
        <source>Signed</source>
        <translation>已签署</translation>
    </message>
    <message>
        <source>The code becomes valid in a moment.</source>
        <translation>二维码即将生效。</translation>
    </message>
    <message>
        <source>The customer has signed</source>
        <translation>客户已签署</translation>
    </message>
    <message>
        <source>The customer&apos;s data stay here.</source>
        <translation>客户信息已保留。</translation>
    </message>
    <message>
        <source>The other parties are still to sign.</source>
        <translation>其他签署方尚未签署。</translation>
    </message>
    <message>
        <source>The platform hasn&apos;t confirmed the signature yet.</source>
        <translation>平台尚未确认该签署。</translation>
    </message>
    <message>
        <source>The platform returned no link; it notifies the customer itself.</source>
        <translation>平台没有给出签署链接，会自行通知客户。</translation>
    </message>
    <message>
        <source>The reason given: {reason}</source>
        <translation>拒签原因：{reason}</translation>
    </message>
    <message>
        <source>The same contract went to this customer at {time} and is not signed. Nothing new has been sent. Show its code, or revoke it and send a new one.</source>
        <translation>该客户已于 {time} 收到同一份合同，尚未签署。本次未重复发起。可显示原二维码，或撤回后重新发起。</translation>
    </message>
    <message>
        <source>There is no code</source>
        <translation>没有二维码</translation>
    </message>
    <message>
        <source>This customer has signed the same contract, which was sent at {time}. Nothing new has been sent.</source>
        <translation>该客户今日已签署同一合同（{time} 发起）。未发起新的合同。</translation>
    </message>
    <message>
        <source>To be confirmed</source>
        <translation>待确认</translation>
    </message>
    <message>
        <source>Track shows whose it was.</source>
        <translation>可在“跟踪”中查看是哪一方。</translation>
    </message>
    <message>
        <source>Waiting for the platform&apos;s answer, for {seconds} seconds now.</source>
        <translation>正在等待平台应答，已等待 {seconds} 秒。</translation>
    </message>
    <message>
        <source>Waiting for the signature</source>
        <translation>等待签署</translation>
    </message>
    <message>
        <source>We couldn&apos;t confirm that the contract was created. The customer hasn&apos;t seen anything. Look for the answer first; sending again is safe as long as no code was shown.</source>
        <translation>未收到平台的发起结果，客户还没有看到任何内容。请先查找应答；只要没有出示过二维码，重新发起就是安全的。</translation>
    </message>
    <message>
        <source>You can wait, or press Esc Esc to cancel; then the customer gets no contract.</source>
        <translation>可继续等待；连按两次 Esc 即取消，客户不会收到合同。</translation>
    </message>
    <message>
        <source>another screen</source>
        <translation>切换客户屏</translation>
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
        <source>choose a contract</source>
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
        <source>give up</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>leave it waiting</source>
        <translation>暂不处理</translation>
    </message>
    <message>
        <source>leave the counter</source>
        <translation>离开柜台</translation>
    </message>
    <message>
        <source>lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>look for the answer</source>
        <translation>查找应答</translation>
    </message>
    <message>
        <source>next customer</source>
        <translation>下一位客户</translation>
    </message>
    <message>
        <source>other document</source>
        <translation>更换证件类型</translation>
    </message>
    <message>
        <source>print the signed contract</source>
        <translation>打印已签合同</translation>
    </message>
    <message>
        <source>revoke and clear</source>
        <translation>撤回并清空</translation>
    </message>
    <message>
        <source>revoke it and send again</source>
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
        <source>send another one anyway</source>
        <translation>仍再发一份</translation>
    </message>
    <message>
        <source>shift sheet</source>
        <translation>班次清单</translation>
    </message>
    <message>
        <source>show its code</source>
        <translation>显示二维码</translation>
    </message>
    <message>
        <source>show that it is signed</source>
        <translation>查看已签合同</translation>
    </message>
    <message>
        <source>try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>CoverageModel</name>
    <message numerus="yes">
        <source>%n seal(s)</source>
        <translation>
            <numerusform>%n 枚章</numerusform>
        </translation>
    </message>
    <message>
        <source>Documents and signers</source>
        <translation>文件与签署方</translation>
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
        <source>{signer}, {document}: {seals}</source>
        <translation>{signer}，{document}：{seals}</translation>
    </message>
</context>
<context>
    <name>CoverageTable</name>
    <message>
        <source>Seals by document and signer</source>
        <translation>各文件与签署方的印章</translation>
    </message>
</context>
<context>
    <name>CurrentContract</name>
    <message>
        <source>A contract is being sent.</source>
        <translation>有合同正在发起。</translation>
    </message>
    <message>
        <source>A signer wrote: “{reason}”</source>
        <translation>签署方留言：“{reason}”</translation>
    </message>
    <message>
        <source>Open the next one as soon as this one is on its way.</source>
        <translation>待此合同发起完成后，再打开下一份。</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>The first one stays as it is until you send this one: only then is it revoked.</source>
        <translation>原合同保持不变，直到您发起这份更正后的合同时才会撤回。</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>“{title}” is open again; it will be sent as a new contract.</source>
        <translation>“{title}”已回到编辑区，将作为新合同发起。</translation>
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
        <source>Customer display</source>
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
        <source>Please wait while the teller takes care of it</source>
        <translation>请稍候，柜员正在为您处理</translation>
    </message>
    <message>
        <source>Signed. Thank you!</source>
        <translation>签署完成，谢谢！</translation>
    </message>
    <message>
        <source>Signing code</source>
        <translation>签署二维码</translation>
    </message>
    <message>
        <source>Valid for another {time}</source>
        <translation>剩余有效时间 {time}</translation>
    </message>
    <message>
        <source>With WeChat, Alipay or your phone&apos;s camera</source>
        <translation>可使用微信、支付宝或手机相机</translation>
    </message>
</context>
<context>
    <name>CustomerWords</name>
    <message>
        <source>A number is neither a resident&apos;s nor a phone number: Ctrl+I says whose document it is.</source>
        <translation>有一个号码既不是身份证号，也不是手机号：其他证件请按 Ctrl+I 选择类型。</translation>
    </message>
    <message>
        <source>More than one kind of document has such a number: choose it with Ctrl+I.</source>
        <translation>有多种证件使用这样的号码：请按 Ctrl+I 选择证件类型。</translation>
    </message>
    <message>
        <source>No document of this kind has such a number: compare it, or choose another with Ctrl+I.</source>
        <translation>号码与证件类型不符：请核对号码，或按 Ctrl+I 更换类型。</translation>
    </message>
    <message>
        <source>The ID number is missing.</source>
        <translation>缺少身份证号。</translation>
    </message>
    <message>
        <source>The name is missing.</source>
        <translation>缺少姓名。</translation>
    </message>
    <message>
        <source>The platform keeps the phone number that it has; the code on the screen works all the same.</source>
        <translation>平台保留其原有手机号，不影响扫码签署。</translation>
    </message>
    <message>
        <source>There are several ID numbers: leave one.</source>
        <translation>有多个身份证号，请只保留一个。</translation>
    </message>
    <message>
        <source>There are several names: leave one.</source>
        <translation>有多个姓名，请只保留一个。</translation>
    </message>
    <message>
        <source>There are several phone numbers: leave one.</source>
        <translation>有多个手机号，请只保留一个。</translation>
    </message>
    <message>
        <source>This ID number can&apos;t be right: compare it with the card.</source>
        <translation>身份证号有误，请与证件核对。</translation>
    </message>
    <message>
        <source>This ID number is known under another name: compare with the card.</source>
        <translation>该身份证号登记的是另一个姓名，请与证件核对。</translation>
    </message>
    <message>
        <source>This phone number can&apos;t be right: ask the customer.</source>
        <translation>手机号有误，请向客户确认。</translation>
    </message>
    <message>
        <source>Under eighteen: may this person sign alone?</source>
        <translation>未满十八周岁：此人能否单独签署？</translation>
    </message>
    <message>
        <source>Without a phone number; the code on the screen works all the same.</source>
        <translation>没有手机号，不影响扫码签署。</translation>
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
        <source>{sex}, {years} years</source>
        <translation>{sex}，{years} 岁</translation>
    </message>
</context>
<context>
    <name>DeliberateButton</name>
    <message>
        <source>That press came too soon, and nothing was done. If you mean it, press again.</source>
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
        <source>%n contract(s), reserved when signers see it</source>
        <translation>
            <numerusform>%n 份合同，签署方看到合同时冻结</numerusform>
        </translation>
    </message>
    <message>
        <source>Begun at the platform {moment}</source>
        <translation>平台发起时间 {moment}</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Download elsewhere</source>
        <translation>下载到其他位置</translation>
    </message>
    <message>
        <source>Download to another folder…</source>
        <translation>下载到其他文件夹…</translation>
    </message>
    <message>
        <source>Initiator: {name}</source>
        <translation>发起方：{name}</translation>
    </message>
    <message>
        <source>Prepared {moment} · {environment}</source>
        <translation>{moment} 在平台准备 · {environment}</translation>
    </message>
    <message>
        <source>Press again to revoke for everybody</source>
        <translation>再按一次，对所有人撤回</translation>
    </message>
    <message>
        <source>Press again to revoke; nobody has seen it</source>
        <translation>再按一次即撤回；尚无人看到</translation>
    </message>
    <message numerus="yes">
        <source>Revoke the %n chosen…</source>
        <translation>
            <numerusform>撤回所选的 %n 份…</numerusform>
        </translation>
    </message>
    <message>
        <source>Sent {moment} · {environment}</source>
        <translation>{moment} 发起 · {environment}</translation>
    </message>
    <message>
        <source>Sign until {moment}</source>
        <translation>签署截止 {moment}</translation>
    </message>
    <message>
        <source>Signed files on this computer</source>
        <translation>本机上的已签文件</translation>
    </message>
    <message>
        <source>Signers</source>
        <translation>签署方</translation>
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
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Times are China time. Flow {flow_id}</source>
        <translation>均为北京时间。流程编号 {flow_id}</translation>
    </message>
    <message>
        <source>{state} · updated {moment}</source>
        <translation>{state}（{moment} 更新）</translation>
    </message>
</context>
<context>
    <name>DifferenceWords</name>
    <message>
        <source>Another size of page: {pages}.</source>
        <translation>页面尺寸不同：第 {pages} 页。</translation>
    </message>
    <message>
        <source>Another text on page: {pages}.</source>
        <translation>文字不同：第 {pages} 页。</translation>
    </message>
    <message>
        <source>Something else differs.</source>
        <translation>另有不同之处。</translation>
    </message>
    <message>
        <source>There is no page {pages} for a seal.</source>
        <translation>没有印章所在的第 {pages} 页。</translation>
    </message>
    <message>
        <source>{found} pages instead of {expected}.</source>
        <translation>共 {found} 页，预设为 {expected} 页。</translation>
    </message>
    <message>
        <source>“{keyword}” is missing.</source>
        <translation>缺少关键字“{keyword}”。</translation>
    </message>
    <message>
        <source>“{keyword}” occurs {found} times instead of {expected}.</source>
        <translation>关键字“{keyword}”出现 {found} 次，预设为 {expected} 次。</translation>
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
        <source>Find signers and places</source>
        <translation>识别签署方和签章位置</translation>
    </message>
    <message>
        <source>More for {name}</source>
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
        <source>Remove from the contract</source>
        <translation>从合同中移除</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Replace by a new version…</source>
        <translation>替换为新版本…</translation>
    </message>
    <message>
        <source>Tables at its end…</source>
        <translation>末尾附表…</translation>
    </message>
    <message>
        <source>from a template</source>
        <translation>由模板生成</translation>
    </message>
</context>
<context>
    <name>DocumentsPage</name>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>共 %n 页</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Comes from</source>
        <translation>来源(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Replace the PDF…</source>
        <translation>更换 PDF(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Template&apos;s id</source>
        <translation>模板编号(&amp;T)</translation>
    </message>
    <message>
        <source>A PDF that is kept here and uploaded each time</source>
        <translation>保存在本机的 PDF，每次上传</translation>
    </message>
    <message>
        <source>A new version of the PDF</source>
        <translation>新版 PDF</translation>
    </message>
    <message>
        <source>A template at the platform, which fills its form</source>
        <translation>平台上的模板，由平台填充表单</translation>
    </message>
    <message>
        <source>A template of the list; its fields come with it</source>
        <translation>从模板列表选择，填写项一并带入</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页数</translation>
    </message>
    <message>
        <source>Replaced; nothing differs that matters to a seal.</source>
        <translation>已更换，与印章有关的内容没有变化。</translation>
    </message>
    <message>
        <source>Replaced; the seals stay where they were.</source>
        <translation>已更换，印章位置保持不变。</translation>
    </message>
</context>
<context>
    <name>DocumentsPanel</name>
    <message numerus="yes">
        <source>%n cross-page seal(s) stood at another edge of turned pages, now at the right one. Look at them.</source>
        <translation>
            <numerusform>%n 枚骑缝章原先落在旋转页面的其他边，现已移到右侧边缘，请核对。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n keyword(s) became fixed seals, where they were: no one offset suits all pages.</source>
        <translation>
            <numerusform>%n 个关键字已在原处改为固定坐标印章：各页无法共用同一偏移量。</numerusform>
        </translation>
    </message>
    <message>
        <source>Add PDFs to the contract</source>
        <translation>向合同添加 PDF</translation>
    </message>
    <message>
        <source>Add a document made from a template</source>
        <translation>添加由模板生成的文件</translation>
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
        <source>F8 leads from one to the next.</source>
        <translation>按 F8 可逐个查看。</translation>
    </message>
    <message>
        <source>Its seals stay where they were. Undo brings the file itself back.</source>
        <translation>印章位置保持不变。撤销即可换回原文件。</translation>
    </message>
    <message>
        <source>PDF files (*.pdf)</source>
        <translation>PDF 文件 (*.pdf)</translation>
    </message>
    <message>
        <source>Reading pages: {done} of {count} done…</source>
        <translation>正在识别页面：已完成 {done} / {count} 页…</translation>
    </message>
    <message>
        <source>Save the upright copy</source>
        <translation>保存摆正副本</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Your PDFs appear here, with all their pages.</source>
        <translation>合同中的 PDF 及其全部页面显示在这里。</translation>
    </message>
    <message>
        <source>{name} (upright).pdf</source>
        <translation>{name}（摆正）.pdf</translation>
    </message>
    <message>
        <source>“{name}” is replaced by an upright copy.</source>
        <translation>“{name}”已换成摆正副本。</translation>
    </message>
</context>
<context>
    <name>DoubtRow</name>
    <message>
        <source>Show the open contract</source>
        <translation>查看未完成的合同</translation>
    </message>
</context>
<context>
    <name>DoubtSentences</name>
    <message>
        <source>A seal of {form} was placed at “{paper}”. The document no longer contains these words.</source>
        <translation>{form}的签章原放在“{paper}”旁，文件中已找不到这些文字。</translation>
    </message>
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
        <source>No names were found on the pages, so they could not be compared with the signers.</source>
        <translation>文件中未读到姓名或名称，无法与签署方核对。</translation>
    </message>
    <message>
        <source>Send it again</source>
        <translation>再次发起</translation>
    </message>
    <message>
        <source>The pages give the number {paper} for {label}, but the signer&apos;s number is {form}.</source>
        <translation>合同文本中{label}的证件号码是 {paper}，签署方的号码却是 {form}。</translation>
    </message>
    <message>
        <source>The pages have “{paper}” for {label}; the signer is called “{form}”.</source>
        <translation>合同文本中{label}写作“{paper}”，签署方为“{form}”。</translation>
    </message>
    <message>
        <source>The pages name {paper} as legal representative of {label}; {form} acts for it.</source>
        <translation>合同文本中{label}的法定代表人是{paper}，经办人是{form}。</translation>
    </message>
    <message>
        <source>The pages name {paper} as {label}, although this party is another one each time.</source>
        <translation>合同文本中{label}写着“{paper}”，但这一方每次都不同。</translation>
    </message>
    <message>
        <source>The pages name {paper} as {label}, but {form} is to sign. The pages don&apos;t mention {form}.</source>
        <translation>合同文本中{label}是“{paper}”，签署方却是“{form}”；全文未出现“{form}”。</translation>
    </message>
    <message>
        <source>The pages name {paper} as {label}, who doesn&apos;t sign this contract.</source>
        <translation>合同文本中写有{label}“{paper}”，但该方不签署本合同。</translation>
    </message>
    <message>
        <source>The same files were already sent to the same people, and “{paper}” is still being signed.</source>
        <translation>同样的文件已发给同样的签署方，“{paper}”尚在签署中。</translation>
    </message>
    <message>
        <source>Two cross-page seals of {form} cover each other.</source>
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
        <translation>复制</translation>
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
        <source>No drafts yet: what you prepare is saved here automatically.</source>
        <translation>还没有草稿：准备中的合同会自动保存在这里。</translation>
    </message>
</context>
<context>
    <name>EditNames</name>
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
        <source>Change options</source>
        <translation>修改签署选项</translation>
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
        <source>Change who signs what</source>
        <translation>更改签署文件</translation>
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
        <source>Distribute seals</source>
        <translation>均匀分布印章</translation>
    </message>
    <message>
        <source>Divide cross-page seal into groups</source>
        <translation>将骑缝章分组</translation>
    </message>
    <message>
        <source>Duplicate seals</source>
        <translation>创建印章副本</translation>
    </message>
    <message>
        <source>Fill in the form</source>
        <translation>填写表单</translation>
    </message>
    <message>
        <source>Make an upright copy</source>
        <translation>生成摆正副本</translation>
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
        <source>Place seal</source>
        <translation>放置印章</translation>
    </message>
    <message>
        <source>Place seals by keyword</source>
        <translation>按关键字放置印章</translation>
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
        <source>Take proposals</source>
        <translation>采用识别结果</translation>
    </message>
    <message>
        <source>Use preset</source>
        <translation>使用预设</translation>
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
        <source>&amp;Project id</source>
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
        <source>As the platform&apos;s console shows it</source>
        <translation>按平台控制台所示填写</translation>
    </message>
    <message>
        <source>Cali&amp;brate…</source>
        <translation>校准(&amp;B)…</translation>
    </message>
    <message>
        <source>Delete the secret of project {project} from the keyring</source>
        <translation>从系统密钥环中删除项目 {project} 的密钥</translation>
    </message>
    <message>
        <source>Empty for a direct connection</source>
        <translation>直接连接时留空</translation>
    </message>
    <message>
        <source>F&amp;orget</source>
        <translation>清除(&amp;O)</translation>
    </message>
    <message>
        <source>Files may be in our o&amp;wn network</source>
        <translation>文件可以存放在本单位内网(&amp;W)</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>正在使用</translation>
    </message>
    <message>
        <source>Kept in the operating system&apos;s keyring, never in a file, and not shown again.</source>
        <translation>仅保存在系统密钥环中，不写入文件，也不会再次显示。</translation>
    </message>
    <message>
        <source>Otherwise an address in this network that the platform names for a file is not opened.</source>
        <translation>未勾选时，平台给出的文件地址如指向内网，一律不予访问。</translation>
    </message>
    <message>
        <source>Press again: from now on contracts are legally binding</source>
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
        <source>Send a sheet of marks, and see where this platform sets its seals</source>
        <translation>发送一份校准文件，查看该平台把印章盖在何处</translation>
    </message>
    <message>
        <source>Start the rehearsal</source>
        <translation>启动演练</translation>
    </message>
    <message>
        <source>Starting the rehearsal…</source>
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
        <source>The proxy must be written like http://host:port.</source>
        <translation>代理请写成 http://主机:端口 的形式。</translation>
    </message>
    <message>
        <source>This computer has no keyring to keep the secret in: it is asked for in each session and kept nowhere.</source>
        <translation>本机没有可保存密钥的系统密钥环：每次启动都需输入，且不会保存到任何地方。</translation>
    </message>
    <message>
        <source>You need an account with the e签宝 open platform. Its console names the project id and its secret: enter both, test the connection, then switch to this environment.</source>
        <translation>需要 e签宝开放平台的账号。请在平台控制台查看项目 ID 和密钥，填写后先测试连接，再切换到此环境。</translation>
    </message>
    <message>
        <source>http://host:port, or http://user:password@host:port. The password goes to the keyring.</source>
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
        <source>A rehearsal on this computer: nothing leaves it, nothing has legal effect.</source>
        <translation>在本机演练：数据不会离开这台电脑，不具有法律效力。</translation>
    </message>
    <message>
        <source>Custom address</source>
        <translation>自定义地址</translation>
    </message>
    <message>
        <source>Custom address ({host}): treat contracts as legally binding.</source>
        <translation>自定义地址（{host}）：请视为具有法律效力。</translation>
    </message>
    <message>
        <source>Custom address: treat contracts as legally binding.</source>
        <translation>自定义地址：请视为具有法律效力。</translation>
    </message>
    <message>
        <source>Production</source>
        <translation>正式环境</translation>
    </message>
    <message>
        <source>Production: contracts are legally binding.</source>
        <translation>正式环境：合同具有法律效力。</translation>
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
        <source>The platform&apos;s test environment: what is signed there has no legal effect.</source>
        <translation>平台的测试环境：在此签署的合同不具有法律效力。</translation>
    </message>
    <message>
        <source>This contract belongs to another project or address of: {theirs}.</source>
        <translation>本合同属于{theirs}的另一个项目或地址。</translation>
    </message>
    <message>
        <source>This contract belongs to: {theirs}.</source>
        <translation>本合同属于：{theirs}。</translation>
    </message>
    <message>
        <source>This contract belongs to: {theirs}. The window is in: {here}.</source>
        <translation>本合同属于：{theirs}。当前窗口：{here}。</translation>
    </message>
    <message>
        <source>{act} — {environment}</source>
        <translation>{act}（{environment}）</translation>
    </message>
</context>
<context>
    <name>ErrorSentences</name>
    <message>
        <source>A PIN has {least} to {most} digits.</source>
        <translation>PIN 码为 {least} 至 {most} 位数字。</translation>
    </message>
    <message>
        <source>A cell may hold {most} characters at most.</source>
        <translation>单元格最多 {most} 个字。</translation>
    </message>
    <message>
        <source>A cell of this sheet holds more than {max} characters, so nothing was read.</source>
        <translation>该表格有一个单元格超过 {max} 个字符，未读取任何内容。</translation>
    </message>
    <message>
        <source>A code is on the screen.</source>
        <translation>屏幕上正显示二维码。</translation>
    </message>
    <message>
        <source>A contact needs a name.</source>
        <translation>联系人必须有姓名或名称。</translation>
    </message>
    <message>
        <source>A contract with this person is still being sent. Nothing changed.</source>
        <translation>有一份含此人的合同尚未全部发起毕，未作任何更改。</translation>
    </message>
    <message>
        <source>A correction of this contract was sent already, or is on its way.</source>
        <translation>本合同的更正已经发起，或正在发起。</translation>
    </message>
    <message>
        <source>A document&apos;s file is empty.</source>
        <translation>有一份文件是空的。</translation>
    </message>
    <message>
        <source>A few words in a row are easily remembered and hard to guess.</source>
        <translation>连用几个词，既好记又难猜。</translation>
    </message>
    <message>
        <source>A file of that name is there already; it was not overwritten.</source>
        <translation>已有同名文件，未予覆盖。</translation>
    </message>
    <message>
        <source>A form&apos;s PDF is not on this computer, so the contract can&apos;t be rehearsed.</source>
        <translation>模板的 PDF 不在本机，无法演练此合同。</translation>
    </message>
    <message>
        <source>A line of the ledger can&apos;t be read.</source>
        <translation>用量记录有一条无法读取。</translation>
    </message>
    <message>
        <source>A person can be forgotten instead; an organization stays in the list.</source>
        <translation>个人可改用“清除此人信息”；企业保留在列表中。</translation>
    </message>
    <message>
        <source>A person of the preset is not known at this platform yet.</source>
        <translation>预设中有人员尚未在此平台登记。</translation>
    </message>
    <message>
        <source>A person the preset needs is missing.</source>
        <translation>缺少预设所需的人员。</translation>
    </message>
    <message>
        <source>A row in which it would be pasted was sent already. Nothing is pasted.</source>
        <translation>要粘贴到的行中有已发起的。未粘贴任何内容。</translation>
    </message>
    <message>
        <source>A sheet is being sent already.</source>
        <translation>已有一份表格正在发起。</translation>
    </message>
    <message>
        <source>A table holds characters that can&apos;t be written into its pages.</source>
        <translation>附表中有无法写入页面的字符。</translation>
    </message>
    <message>
        <source>A table may have {rows} rows and {columns} columns at most.</source>
        <translation>附表最多 {rows} 行、{columns} 列。</translation>
    </message>
    <message>
        <source>A template needs a name.</source>
        <translation>请填写模板名称。</translation>
    </message>
    <message>
        <source>A text holds a character that can&apos;t be sent.</source>
        <translation>文本中含有无法发送的字符。</translation>
    </message>
    <message>
        <source>Add a new contact for another name, document or number.</source>
        <translation>姓名、证件类型或号码不同的，请另建联系人。</translation>
    </message>
    <message>
        <source>Add the PDF that it was made of: then its fields are known, too.</source>
        <translation>请添加制作该模板所用的 PDF，即可读取其填写项。</translation>
    </message>
    <message>
        <source>An account never goes to another identity. Who has a new document is a contact of their own.</source>
        <translation>账户不会转给其他身份。更换证件的，请另建联系人。</translation>
    </message>
    <message>
        <source>An earlier version kept the account of a signer who was retyped as somebody else. Fill in their number the next time; contracts that were sent stay as they are, and Track shows to whom they went.</source>
        <translation>旧版本在将签署方改填为他人时保留了原账号。下次请重新填写其证件号码；已发起的合同不受影响，可在“跟踪”中查看发给了谁。</translation>
    </message>
    <message>
        <source>Another computer writes to this computer&apos;s copies.</source>
        <translation>另一台计算机正在写入本机的备份。</translation>
    </message>
    <message>
        <source>Another contract is at the counter.</source>
        <translation>柜台上还有一份合同。</translation>
    </message>
    <message>
        <source>Another contract is being sent.</source>
        <translation>正在发起另一份合同。</translation>
    </message>
    <message>
        <source>Another preset has this name.</source>
        <translation>已有同名预设，两者将无法区分。</translation>
    </message>
    <message>
        <source>Another template is being made.</source>
        <translation>正在制作另一个模板。</translation>
    </message>
    <message>
        <source>Ask for it to be exported again.</source>
        <translation>请让对方重新导出。</translation>
    </message>
    <message>
        <source>Ask for the file again, or fetch it again from where it came from.</source>
        <translation>请让对方重新提供文件，或从原处重新获取。</translation>
    </message>
    <message>
        <source>Ask for the right to write there, or choose another folder in Settings.</source>
        <translation>请申请该处的写入权限，或在“设置”中另选文件夹。</translation>
    </message>
    <message>
        <source>Ask one of them, or the platform&apos;s support, before you send another one.</source>
        <translation>再次发起之前，请先询问其中一位签署方或平台客服。</translation>
    </message>
    <message>
        <source>Ask the platform whether your application may seal silently there.</source>
        <translation>请向平台确认贵方应用是否已开通静默签署。</translation>
    </message>
    <message>
        <source>Ask the signers or the platform&apos;s support before you cancel it and send the contract again.</source>
        <translation>取消并重新发起合同之前，请先询问签署方或平台客服。</translation>
    </message>
    <message>
        <source>Calibrate the test environment; what is found out can be set here by hand.</source>
        <translation>请校准测试环境；得到的结果可在此手动设置。</translation>
    </message>
    <message>
        <source>Change its seals in words, under Seals.</source>
        <translation>请在“印章”页用文字调整印章位置。</translation>
    </message>
    <message>
        <source>Check address and proxy in Settings, the path behind the host too; to try again does not help.</source>
        <translation>请在“设置”中核对地址（包括域名后的路径）和代理；重试无法解决。</translation>
    </message>
    <message>
        <source>Check capital letters and the keyboard&apos;s language.</source>
        <translation>请检查大小写和输入法状态。</translation>
    </message>
    <message>
        <source>Check its values in Prepare: a field may be too small for them.</source>
        <translation>请在“准备”中检查所填内容，字段可能放不下。</translation>
    </message>
    <message>
        <source>Check the address in Settings: it may not be that of the signing platform.</source>
        <translation>请检查设置中的地址：它可能不是签署平台的地址。</translation>
    </message>
    <message>
        <source>Check the contract in Prepare, then try again.</source>
        <translation>请在“准备”中检查合同后重试。</translation>
    </message>
    <message>
        <source>Check the network cable or Wi-Fi, and the address in Settings; then try again.</source>
        <translation>请检查网线或 Wi-Fi，以及设置中的地址，然后重试。</translation>
    </message>
    <message>
        <source>Check the positions of the seals in Prepare, then try again.</source>
        <translation>请在“准备”中检查印章位置后重试。</translation>
    </message>
    <message>
        <source>Check the proxy in Settings; leave it empty for a direct connection.</source>
        <translation>请检查设置中的代理；直接连接时留空。</translation>
    </message>
    <message>
        <source>Check the secret in Settings. If it is right, something on the way changes the traffic: tell whoever looks after the network.</source>
        <translation>请检查设置中的密钥。若密钥无误，说明途中有设备改动了数据，请告知网络管理员。</translation>
    </message>
    <message>
        <source>Choose a .vcf file, as a phone or a mail program exports it.</source>
        <translation>请选择手机或邮件程序导出的 .vcf 文件。</translation>
    </message>
    <message>
        <source>Choose a PNG or JPEG file.</source>
        <translation>请选择 PNG 或 JPEG 文件。</translation>
    </message>
    <message>
        <source>Choose a cell further up or to the left, or add rows in the sheet itself.</source>
        <translation>请选择更靠上或更靠左的单元格，或在表格文件中增加行。</translation>
    </message>
    <message>
        <source>Choose a kind of field and draw it on the page.</source>
        <translation>请选择填写项类型，并在页面上绘制。</translation>
    </message>
    <message>
        <source>Choose a longer one that stands only where a seal belongs.</source>
        <translation>请换一个更长、只出现在盖章处的关键字。</translation>
    </message>
    <message>
        <source>Choose a person, or let the organization stay who it is.</source>
        <translation>请选择个人，或保留该企业不变。</translation>
    </message>
    <message>
        <source>Choose a smaller magnification.</source>
        <translation>请缩小显示比例。</translation>
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
        <source>Choose another folder, or ask for the right to write there.</source>
        <translation>请选择其他文件夹，或申请写入权限。</translation>
    </message>
    <message>
        <source>Choose another folder, or free some space.</source>
        <translation>请选择其他文件夹，或释放一些空间。</translation>
    </message>
    <message>
        <source>Choose another folder, or move the file away.</source>
        <translation>请选择其他文件夹，或移走该文件。</translation>
    </message>
    <message>
        <source>Choose another keyword, or place the seal by coordinates.</source>
        <translation>请更换关键字，或改用坐标指定印章位置。</translation>
    </message>
    <message>
        <source>Choose another keyword, or say which points are used instead.</source>
        <translation>请更换关键字，或指定备用坐标。</translation>
    </message>
    <message>
        <source>Choose another one, or make it again from a contract.</source>
        <translation>请另选一个，或从合同重新创建。</translation>
    </message>
    <message>
        <source>Choose another port in Settings, and tell the company&apos;s proxy.</source>
        <translation>请在设置中选择其他端口，并同步修改公司代理的配置。</translation>
    </message>
    <message>
        <source>Choose it again from the list in Track.</source>
        <translation>请在“跟踪”列表中重新选择。</translation>
    </message>
    <message>
        <source>Choose it again, or another one.</source>
        <translation>请重新选择，或换一张图片。</translation>
    </message>
    <message>
        <source>Choose one of 2 MB and 4,000 pixels a side at most.</source>
        <translation>请选择不超过 2 MB、边长不超过 4000 像素的图片。</translation>
    </message>
    <message>
        <source>Choose one of F2 to F8.</source>
        <translation>请使用 F2 至 F8。</translation>
    </message>
    <message>
        <source>Choose one on another disk: a copy beside the original dies with it.</source>
        <translation>请选择另一块磁盘上的文件夹：与原件放在一起的备份会一同损坏。</translation>
    </message>
    <message>
        <source>Choose that one in Settings, or make the preset again for this one.</source>
        <translation>请在设置中选择该环境，或为当前环境重新创建预设。</translation>
    </message>
    <message>
        <source>Choose that project in Settings to ask about it.</source>
        <translation>请在设置中选择该项目后再查询。</translation>
    </message>
    <message>
        <source>Choose the file once more, and look at both again.</source>
        <translation>请重新选择文件，再次对照。</translation>
    </message>
    <message>
        <source>Close it in the other program, or ask who may read it, and try again.</source>
        <translation>请先在其他程序中关闭它，或确认您有权读取，然后重试。</translation>
    </message>
    <message>
        <source>Close whatever is using it (a backup, a virus scanner), then try again.</source>
        <translation>请关闭占用它的程序（如备份、杀毒软件）后重试。</translation>
    </message>
    <message>
        <source>Compare it with the card.</source>
        <translation>请与证件核对。</translation>
    </message>
    <message>
        <source>Compare it, or ask whose it is.</source>
        <translation>请核对，或向本人确认。</translation>
    </message>
    <message>
        <source>Compare name and number with the document.</source>
        <translation>请将姓名和号码与证件核对。</translation>
    </message>
    <message>
        <source>Confirm all of them under Seals, or choose another keyword.</source>
        <translation>请在印章处勾选确认，或更换关键字。</translation>
    </message>
    <message>
        <source>Connect its drive again. The presets on this computer stay as they are.</source>
        <translation>请重新连接该共享文件夹。本机上的预设保持不变。</translation>
    </message>
    <message>
        <source>Continue it in Track, or cancel it there: then it can be opened and changed again.</source>
        <translation>请在“跟踪”中继续发起或取消；取消后即可重新打开并修改。</translation>
    </message>
    <message>
        <source>Continue or cancel it in Track; then forget the person.</source>
        <translation>请先在“跟踪”中继续发起或取消，然后再清除此人信息。</translation>
    </message>
    <message>
        <source>Continue: what had been done already is not done twice.</source>
        <translation>请继续发起：已完成的步骤不会重复执行。</translation>
    </message>
    <message>
        <source>Continue; nobody is invited twice.</source>
        <translation>请继续；不会重复通知任何人。</translation>
    </message>
    <message>
        <source>Contracts at the platform are not affected. Keep the data folder and send it to support before you start over.</source>
        <translation>平台上的合同不受影响。重新开始之前，请保留数据文件夹并发给技术支持。</translation>
    </message>
    <message>
        <source>Contracts with this person that can still be signed: {count}. Nothing changed.</source>
        <translation>此人还有 {count} 份合同可以签署，未作任何更改。</translation>
    </message>
    <message>
        <source>Copy it again from the platform&apos;s console into Settings.</source>
        <translation>请从平台控制台重新复制到设置中。</translation>
    </message>
    <message>
        <source>Copy it from where the template was made, without spaces.</source>
        <translation>请从制作模板处复制，不含空格。</translation>
    </message>
    <message>
        <source>Copy its rows into a new sheet, save that, and choose it.</source>
        <translation>请把其中的各行复制到新表格，保存后重新选择。</translation>
    </message>
    <message>
        <source>Copy the rows in the spreadsheet program, and paste them here.</source>
        <translation>请在表格软件中复制各行，再粘贴到此处。</translation>
    </message>
    <message>
        <source>Copying to the second folder failed.</source>
        <translation>写入备份文件夹失败。</translation>
    </message>
    <message>
        <source>Correct it, then send again.</source>
        <translation>请更正后重新发起。</translation>
    </message>
    <message>
        <source>Correct the rows that are marked, or choose another sheet.</source>
        <translation>请更正标出的行，或选择另一份表格。</translation>
    </message>
    <message>
        <source>Decide about it in Track, under what is not finished. No other one is sent.</source>
        <translation>请在“跟踪”的未完成项中处理。不会再发起另一份。</translation>
    </message>
    <message>
        <source>Delete columns that no contract needs, or divide it into several sheets.</source>
        <translation>请删除合同用不到的列，或拆分为几个表格。</translation>
    </message>
    <message>
        <source>Delete the columns that no contract needs.</source>
        <translation>请删去合同用不到的列。</translation>
    </message>
    <message>
        <source>Divide it into several files; who was imported is known again.</source>
        <translation>请拆分为多个文件；已导入的联系人会被识别。</translation>
    </message>
    <message>
        <source>Divide it into several sheets; rows that were sent are known again.</source>
        <translation>请分成几个表格；已发起的行会被认出，不会重发。</translation>
    </message>
    <message>
        <source>Enter a complete https address in Settings.</source>
        <translation>请在设置中填写完整的 https 地址。</translation>
    </message>
    <message>
        <source>Enter both again in Settings, for this very environment, and test the connection.</source>
        <translation>请在设置中为当前环境重新填写两者，并测试连接。</translation>
    </message>
    <message>
        <source>Enter every customer that it names.</source>
        <translation>请填写其中的每一位客户。</translation>
    </message>
    <message>
        <source>Enter it in Settings; it is kept in the keyring, never in a file.</source>
        <translation>请在设置中输入；密钥只保存在系统密钥环中，不写入文件。</translation>
    </message>
    <message>
        <source>Enter it in Settings; the rehearsal is started there too.</source>
        <translation>请在“设置”中填写；演练环境也在该处启动。</translation>
    </message>
    <message>
        <source>Enter project id and secret in Settings, as the platform&apos;s console shows them.</source>
        <translation>请按平台控制台所示，在设置中填写项目 ID 和密钥。</translation>
    </message>
    <message>
        <source>Enter the next one; each signs for themselves.</source>
        <translation>请录入下一位；每人各自签署。</translation>
    </message>
    <message>
        <source>Enter the password. The platform gets the file as it is and may refuse it.</source>
        <translation>请输入密码。平台收到的是原文件，可能会拒收。</translation>
    </message>
    <message>
        <source>Everybody has signed the contract meanwhile that this one was to correct.</source>
        <translation>要更正的原合同已在此期间全部签署。</translation>
    </message>
    <message>
        <source>Everybody has signed this contract: it can&apos;t be corrected any more.</source>
        <translation>本合同已全部签署，不能再更正。</translation>
    </message>
    <message>
        <source>Fill in one row a contract, save the sheet, and choose it again.</source>
        <translation>请每份合同填一行，保存后重新选择。</translation>
    </message>
    <message>
        <source>Fill in one row per contact, save the file, and choose it again.</source>
        <translation>请每行填写一个联系人，保存后重新选择。</translation>
    </message>
    <message>
        <source>Fill in the preset&apos;s own people in Presets, then use it again.</source>
        <translation>请在“预设”中补全其固定人员后再使用。</translation>
    </message>
    <message>
        <source>Fill it in, or say in the preset&apos;s form fields that it may stay empty.</source>
        <translation>请填写；确可留空的，请在预设的表单字段中取消“必填”。</translation>
    </message>
    <message>
        <source>Fill it in.</source>
        <translation>请填写。</translation>
    </message>
    <message>
        <source>Finish it, or clear it with Esc Esc, before you choose another contract.</source>
        <translation>请先办完它，或连按两次 Esc 清空，再选择别的合同。</translation>
    </message>
    <message>
        <source>Free some space; the open contract is kept in memory and saved then.</source>
        <translation>请释放一些空间；当前内容保留在内存中，届时会自动保存。</translation>
    </message>
    <message>
        <source>Give it another name.</source>
        <translation>请另取名称。</translation>
    </message>
    <message>
        <source>Give it text fields in the program that made it, and open it again.</source>
        <translation>请在制作该文件的程序中加上文本域，再重新打开。</translation>
    </message>
    <message>
        <source>Give the preset another deadline in Presets, and choose the sheet again.</source>
        <translation>请在“预设”中更改期限，再重新选择表格。</translation>
    </message>
    <message>
        <source>Give the seal a place, then send again.</source>
        <translation>请指定印章位置后重新发起。</translation>
    </message>
    <message>
        <source>If it happens again, print the document as PDF again.</source>
        <translation>若再次出现，请将文件重新打印为 PDF。</translation>
    </message>
    <message>
        <source>Images of this kind can&apos;t become pages.</source>
        <translation>不支持将此类图片转为页面。</translation>
    </message>
    <message>
        <source>In WPS, Word or Excel choose File, then Save as or Export, and PDF as the kind of file. Add that PDF.</source>
        <translation>请在 WPS、Word 或 Excel 中选择“文件”→“另存为”或“导出”，文件类型选 PDF，然后添加该 PDF。</translation>
    </message>
    <message>
        <source>In the rehearsal, a form was not filled in as you typed it.</source>
        <translation>演练中，模板内容与所填不一致。</translation>
    </message>
    <message>
        <source>In the rehearsal, not everybody could sign.</source>
        <translation>演练中有签署方未能签署。</translation>
    </message>
    <message>
        <source>In the rehearsal, the stamped document has other pages than yours.</source>
        <translation>演练中，盖章后的文件与原文件的页面不一致。</translation>
    </message>
    <message>
        <source>Install the newest version.</source>
        <translation>请安装最新版本。</translation>
    </message>
    <message>
        <source>It can still be sent; the platform has the form.</source>
        <translation>仍可正式发起，平台存有该模板。</translation>
    </message>
    <message>
        <source>It is in no keyring of this computer. Type it in Settings, and copying goes on.</source>
        <translation>本机的密钥环中没有口令。请在“设置”中输入，备份即会继续。</translation>
    </message>
    <message>
        <source>It is not known whether the calibration sheet reached the platform.</source>
        <translation>无法确定校准文件是否已到达平台。</translation>
    </message>
    <message>
        <source>It is plain text, and the passphrase is its first line.</source>
        <translation>该文件应为纯文本，口令写在第一行。</translation>
    </message>
    <message>
        <source>It is signed already: a changed copy would break that signature.</source>
        <translation>文件已有签名：修改后的副本会破坏原有签名。</translation>
    </message>
    <message>
        <source>It is too late to cancel: the signers can see the contract.</source>
        <translation>已来不及取消：签署方已能看到合同。</translation>
    </message>
    <message>
        <source>It may be waiting for its password in another window. Then try again.</source>
        <translation>它可能正在另一个窗口中等待输入密码。请处理后重试。</translation>
    </message>
    <message>
        <source>It may have been moved or renamed, or a network drive is not connected.</source>
        <translation>文件可能被移动或改名，或者网络驱动器未连接。</translation>
    </message>
    <message>
        <source>It may not have been copied completely: fetch it again.</source>
        <translation>文件可能没有完整复制，请重新获取。</translation>
    </message>
    <message>
        <source>It still exists at the platform; ask its support with the number of the flow.</source>
        <translation>合同在平台上仍然存在；请凭流程编号咨询平台客服。</translation>
    </message>
    <message>
        <source>It was merged with another one, or forgotten; the list shows who is there.</source>
        <translation>该联系人已被合并或清除，列表显示当前联系人。</translation>
    </message>
    <message>
        <source>It was sent or deleted. Sent contracts are in Track.</source>
        <translation>草稿已发起或被删除。已发起的合同在“跟踪”中。</translation>
    </message>
    <message>
        <source>Its signers may see the contract already, so it can&apos;t be started again.</source>
        <translation>签署方可能已能看到此合同，因此不能重新发起。</translation>
    </message>
    <message>
        <source>Keep the preset without its file, and open the file each time.</source>
        <translation>请保存不带文件的预设，每次使用时再打开文件。</translation>
    </message>
    <message>
        <source>Look at it in Track. For another one like it, start a new contract.</source>
        <translation>请在“跟踪”中查看。如需再发一份，请新建合同。</translation>
    </message>
    <message>
        <source>Look at its state in Track.</source>
        <translation>请在“跟踪”中查看其状态。</translation>
    </message>
    <message>
        <source>Look at the contract in Track before you send it again.</source>
        <translation>再次发起之前，请先在“跟踪”中查看该合同。</translation>
    </message>
    <message>
        <source>Look at the send in Track before you continue; nothing is sent twice automatically.</source>
        <translation>继续之前请先在“跟踪”中查看；程序不会自行重复发起。</translation>
    </message>
    <message>
        <source>Look at the sheet once more: it offers to create the template again.</source>
        <translation>请再打开说明页，可以选择重新制作模板。</translation>
    </message>
    <message>
        <source>Look at the sheet once more: it says where the template would go.</source>
        <translation>请再看一次说明页，上面写明模板会送到哪里。</translation>
    </message>
    <message>
        <source>Look for it in Track; it can be corrected in its turn.</source>
        <translation>请在“跟踪”中查找；更正后的合同也可再次更正。</translation>
    </message>
    <message>
        <source>Look for its id in the list.</source>
        <translation>请在列表中按模板 ID 查找。</translation>
    </message>
    <message>
        <source>Look for rare characters and emoji in the table, and write them otherwise.</source>
        <translation>请检查附表中的生僻字和表情符号，改用其他写法。</translation>
    </message>
    <message>
        <source>Look through drafts and Track: what is newer than the backup is missing.</source>
        <translation>请检查草稿和“跟踪”：备份之后的内容已缺失。</translation>
    </message>
    <message>
        <source>Look through the sheet again, and send it then.</source>
        <translation>请重新查看表格后再发起。</translation>
    </message>
    <message>
        <source>Look where it was moved to, and choose it again.</source>
        <translation>请找到它被移到的位置，再重新选择。</translation>
    </message>
    <message>
        <source>Look whether the share or stick is there and may be read, then try again.</source>
        <translation>请检查共享文件夹或 U 盘是否已连接且可读，然后重试。</translation>
    </message>
    <message>
        <source>Make it again from a contract.</source>
        <translation>请从合同重新创建。</translation>
    </message>
    <message>
        <source>Make it again under Templates, and take the new one here.</source>
        <translation>请在“模板”中重新制作，并改用新模板。</translation>
    </message>
    <message>
        <source>Make it again, and choose which of its signers is the customer.</source>
        <translation>请重新创建，并指定哪位签署方是客户。</translation>
    </message>
    <message>
        <source>Make it smaller in the program that made it.</source>
        <translation>请在生成该文件的程序中缩小后重试。</translation>
    </message>
    <message>
        <source>Make room there; the copies so far are complete, and the rest follows automatically.</source>
        <translation>请在该处腾出空间；已有备份是完整的，其余部分会自动补上。</translation>
    </message>
    <message>
        <source>Make the preset again with the file as it is now.</source>
        <translation>请用当前文件重新创建预设。</translation>
    </message>
    <message>
        <source>Name one of these computers: {names}.</source>
        <translation>请指明要哪一台的：{names}。</translation>
    </message>
    <message>
        <source>Name the folder that was chosen in Settings of the other computer.</source>
        <translation>请指定在另一台计算机的“设置”中选择的文件夹。</translation>
    </message>
    <message>
        <source>No column of this sheet is called Name or Organization.</source>
        <translation>表格中没有名为“姓名”或“企业名称”的列。</translation>
    </message>
    <message>
        <source>No computer of this name has copies in this folder.</source>
        <translation>此文件夹中没有该名称的计算机的备份。</translation>
    </message>
    <message>
        <source>No page is named.</source>
        <translation>没有填写页码。</translation>
    </message>
    <message>
        <source>No row of this sheet is left to be sent.</source>
        <translation>该表格中没有待发起的行。</translation>
    </message>
    <message>
        <source>No upright copy could be made of this PDF.</source>
        <translation>无法为此 PDF 生成摆正副本。</translation>
    </message>
    <message>
        <source>Nobody can say whether this template was made: an earlier answer was lost.</source>
        <translation>无法确定该模板是否已制成：之前的答复没有收到。</translation>
    </message>
    <message>
        <source>Nobody has looked yet how often “{keyword}” stands in the preset&apos;s document.</source>
        <translation>尚未核对“{keyword}”在预设文件中出现的次数。</translation>
    </message>
    <message>
        <source>Nobody has seen it. Look at it in Track, and continue or cancel it there.</source>
        <translation>尚未向任何人展示。请在“跟踪”中查看，再决定继续或取消。</translation>
    </message>
    <message>
        <source>Nobody uses it and no customer sees it. Press once more to create it again.</source>
        <translation>没有人会用到它，客户也看不到。再按一次即可重新制作。</translation>
    </message>
    <message>
        <source>Note what you changed, then open the preset again and change it there.</source>
        <translation>请记下所作修改，重新打开该预设后再次修改。</translation>
    </message>
    <message>
        <source>Nothing can be measured on it. Cancel this one, and set what you know by hand.</source>
        <translation>无法据此测量。请放弃这一份，并手动设置已知的内容。</translation>
    </message>
    <message>
        <source>Nothing is filled into a form of this correction.</source>
        <translation>此更正中的表单尚未填写任何内容。</translation>
    </message>
    <message>
        <source>Nothing was changed. Install the newest version, then try again.</source>
        <translation>未作任何更改。请安装最新版本后重试。</translation>
    </message>
    <message>
        <source>Nothing was changed. Try another copy of the folder, if there is one.</source>
        <translation>未作任何更改。若该文件夹另有副本，请试用副本。</translation>
    </message>
    <message>
        <source>Nothing was changed. Without the right one nobody can read them; try once more.</source>
        <translation>未作任何更改。没有正确的口令，任何人都无法读取；请再试一次。</translation>
    </message>
    <message>
        <source>Nothing was pasted. Paste a smaller part, or make several tables.</source>
        <translation>未粘贴。请粘贴较小的部分，或分成多个附表。</translation>
    </message>
    <message>
        <source>Nothing was pasted. Shorten the cell first.</source>
        <translation>未粘贴。请先缩短该单元格。</translation>
    </message>
    <message>
        <source>Nothing was prepared. Have the signers notified by the platform, or send the contract at once.</source>
        <translation>未在平台准备任何合同。请改由平台通知签署方，或直接发起合同。</translation>
    </message>
    <message>
        <source>Nothing was revoked and nothing sent. Fill it in in Prepare, below the document.</source>
        <translation>未撤回也未发起任何合同。请在“准备”中文件下方填写表单。</translation>
    </message>
    <message>
        <source>Nothing was revoked and nothing sent. Look at the signed contract before you continue.</source>
        <translation>未撤回任何合同，也未发起。请先查看已签署的原合同。</translation>
    </message>
    <message>
        <source>Nothing was revoked and nothing sent. Revoke that contract in Track, and start a new one from the preset.</source>
        <translation>未撤回也未发起任何合同。请在“跟踪”中撤回该合同，再从预设新建合同。</translation>
    </message>
    <message>
        <source>Nothing was sent. Change the signer and fill in the number of their document; then their account is found or made.</source>
        <translation>未发起任何合同。请修改该签署方并填写证件号码，程序将据此查找或创建账号。</translation>
    </message>
    <message>
        <source>Nothing was sent. Check name and number. If both are right, send once more: then an account with this name is made.</source>
        <translation>未发起任何合同。请核对姓名和号码；若均无误，请再次发起，程序将按此姓名创建账号。</translation>
    </message>
    <message>
        <source>Nothing was sent. Fill in the ID number once more, so that an account with this mobile can be made; or leave mobile and e-mail empty to reach them as before.</source>
        <translation>未发起任何合同。请再次填写证件号码，以便按新手机号创建账号；或将手机号和邮箱留空，仍按原方式联系。</translation>
    </message>
    <message>
        <source>Nothing was sent. Fill in the organization&apos;s code once more, so that it gets an account with this agent.</source>
        <translation>未发起任何合同。请再次填写企业证照号码，以便为该经办人创建企业账号。</translation>
    </message>
    <message>
        <source>Nothing was sent. If your company checks encrypted traffic, its certificate authority must be installed in the operating system; otherwise somebody may be listening.</source>
        <translation>未发起任何合同。如果贵单位会检查加密流量，须先将其证书颁发机构安装到操作系统；否则可能有人在窃听。</translation>
    </message>
    <message>
        <source>Nothing was sent. Leave mobile and e-mail of this signer empty to reach them where the platform has them; or put right what it names, and try again.</source>
        <translation>未发起任何合同。可将该签署方的手机号和邮箱留空，按平台已有的方式联系；或按平台提示改正后重试。</translation>
    </message>
    <message>
        <source>Nothing was sent. Send it once more to use the old one, which is shown beside the signer; or give them the link yourself.</source>
        <translation>未发起任何合同。再次发起即沿用原联系方式（显示在签署方旁）；也可以自行将链接交给对方。</translation>
    </message>
    <message>
        <source>Nothing was sent: a keyword seal has no keyword.</source>
        <translation>未发起：有一枚关键字印章没有填写关键字。</translation>
    </message>
    <message>
        <source>Nothing was sent: a seal belongs to a document or signer that is gone.</source>
        <translation>未发起：有一枚印章所属的文件或签署方已不存在。</translation>
    </message>
    <message>
        <source>Nothing was sent: contracts have legal effect in this environment.</source>
        <translation>未发起：该环境中的合同具有法律效力。</translation>
    </message>
    <message>
        <source>Nothing was sent: no organization of this name is known in this environment.</source>
        <translation>未发起：该环境中没有此名称的已知企业。</translation>
    </message>
    <message>
        <source>Nothing was sent: nobody signs one of the documents.</source>
        <translation>未发起：有一份文件无人签署。</translation>
    </message>
    <message>
        <source>Nothing was sent: signer {number} signs automatically but has no place.</source>
        <translation>未发起：签署方 {number} 自动签署，但没有用印位置。</translation>
    </message>
    <message>
        <source>Nothing was sent: signer {number} signs none of the documents.</source>
        <translation>未发起：签署方 {number} 不签署任何文件。</translation>
    </message>
    <message>
        <source>Nothing was sent: the form still lacks a value: {fields}.</source>
        <translation>未发起：表单尚缺填写项：{fields}。</translation>
    </message>
    <message>
        <source>Nothing was sent: the tables would add {count} pages, and {most} are possible.</source>
        <translation>未发起：附表将增加 {count} 页，最多可增加 {most} 页。</translation>
    </message>
    <message>
        <source>Nothing was sent: the wrong person would be asked to sign. Check the name and your reference, or fill in the number.</source>
        <translation>未发起任何合同，否则会请错人签署。请核对姓名和内部编号，或填写证件号码。</translation>
    </message>
    <message>
        <source>Nothing was sent: what stands in “{field}” can&apos;t be right.</source>
        <translation>未发起：“{field}”的内容有误。</translation>
    </message>
    <message>
        <source>Nothing was sent: “{keyword}” does not occur in the document.</source>
        <translation>未发起：文件中没有“{keyword}”。</translation>
    </message>
    <message>
        <source>One may be a clone of the other. This one has copies of its own now; send contracts from one alone.</source>
        <translation>其中一台可能是另一台的克隆。本机现已另建自己的备份；请只用其中一台发起合同。</translation>
    </message>
    <message>
        <source>Only a person can be the customer of a preset.</source>
        <translation>预设中的客户只能是个人。</translation>
    </message>
    <message>
        <source>Open it again and check where the seals stand.</source>
        <translation>请重新打开，并核对印章位置。</translation>
    </message>
    <message>
        <source>Open it again.</source>
        <translation>请重新打开。</translation>
    </message>
    <message>
        <source>Open it in the program that made it, and save it again.</source>
        <translation>请在制表程序中打开，重新保存。</translation>
    </message>
    <message>
        <source>Open it in the program that made it, and save it as .xlsx.</source>
        <translation>请在制表程序中打开，另存为 .xlsx。</translation>
    </message>
    <message>
        <source>Open it in the program that made it, and save it without the password.</source>
        <translation>请在制表程序中打开，去掉密码后另存。</translation>
    </message>
    <message>
        <source>Open the documents that it is for, in its order.</source>
        <translation>请按其顺序打开对应的文件。</translation>
    </message>
    <message>
        <source>Open the new version and check where the seals stand.</source>
        <translation>请打开新版本，并核对印章位置。</translation>
    </message>
    <message>
        <source>Open the preset in Presets, and place the seal.</source>
        <translation>请在“预设”中打开它，补上印章位置。</translation>
    </message>
    <message>
        <source>Open the preset in Presets, look at its seals, and save it.</source>
        <translation>请在“预设”中打开它，核对印章后保存。</translation>
    </message>
    <message>
        <source>Pages are counted from 1.</source>
        <translation>页码从 1 开始。</translation>
    </message>
    <message>
        <source>Pick a preset and enter the customer first.</source>
        <translation>请先选择预设并录入客户。</translation>
    </message>
    <message>
        <source>Place a seal of theirs, or let them place it themselves.</source>
        <translation>请为其放置印章，或由其自行放置。</translation>
    </message>
    <message>
        <source>Place a seal on it, or take the document out.</source>
        <translation>请为其指定印章位置，或移除该文件。</translation>
    </message>
    <message>
        <source>Place the seals by click.</source>
        <translation>请单击放置印章。</translation>
    </message>
    <message>
        <source>Place the seals on it as it is.</source>
        <translation>请直接在原文件上放置印章。</translation>
    </message>
    <message>
        <source>Plug in the stick or connect the share. Nothing is lost meanwhile: what is missing is copied then.</source>
        <translation>请插入 U 盘或连接共享文件夹。期间不会丢失任何内容：缺少的部分届时会补上。</translation>
    </message>
    <message>
        <source>Port {port} is taken: no notices are received.</source>
        <translation>端口 {port} 已被占用：无法接收通知。</translation>
    </message>
    <message>
        <source>Prepare a new contract that changes or ends it.</source>
        <translation>请另行准备一份变更或终止的合同。</translation>
    </message>
    <message>
        <source>Prepare the contract again from its files.</source>
        <translation>请用原文件重新准备合同。</translation>
    </message>
    <message>
        <source>Press Esc Esc, then choose the contract and enter the customer again.</source>
        <translation>请连按两次 Esc，再选择合同并重新输入客户信息。</translation>
    </message>
    <message>
        <source>Print it as PDF again, with less resolution.</source>
        <translation>请降低分辨率后重新打印为 PDF。</translation>
    </message>
    <message>
        <source>Print it as PDF again; drawings with very many lines are often the reason.</source>
        <translation>请将其重新打印为 PDF；线条极多的图纸常会造成这种情况。</translation>
    </message>
    <message>
        <source>Print the document as PDF again, and draw the fields there.</source>
        <translation>请将文件重新打印为 PDF，再绘制填写项。</translation>
    </message>
    <message>
        <source>Print the document as PDF again, and place the seals there.</source>
        <translation>请将文件重新打印为 PDF，再放置印章。</translation>
    </message>
    <message>
        <source>Print the file to a new PDF, and use that one.</source>
        <translation>请将该文件打印为新的 PDF，再使用新文件。</translation>
    </message>
    <message>
        <source>Put right what it names, then try again. The number helps its support.</source>
        <translation>请按提示更正后重试。该编号可供平台客服查询。</translation>
    </message>
    <message>
        <source>Read the document yourself before you continue.</source>
        <translation>继续之前，请自行通读该文件。</translation>
    </message>
    <message>
        <source>Reading scanned pages isn&apos;t installed on this computer.</source>
        <translation>此电脑未安装扫描页文字识别组件。</translation>
    </message>
    <message>
        <source>Reading this sheet takes too long, so it was stopped.</source>
        <translation>读取该表格耗时过长，已停止。</translation>
    </message>
    <message>
        <source>Reading this sheet takes too much memory, so it was stopped.</source>
        <translation>读取该表格占用内存过多，已停止。</translation>
    </message>
    <message>
        <source>Refresh it in a moment; if it still stands, revoke it again.</source>
        <translation>请稍后刷新；如仍未撤回，请再次撤回。</translation>
    </message>
    <message>
        <source>Remove it from the list, and add it by its id.</source>
        <translation>请将其从列表移除，再按模板编号重新添加。</translation>
    </message>
    <message>
        <source>Remove the seal, then send again.</source>
        <translation>请删除该印章后重新发起。</translation>
    </message>
    <message>
        <source>Revoke it in Track.</source>
        <translation>请在“跟踪”中撤回。</translation>
    </message>
    <message>
        <source>Revoke them in Track, or wait until they are signed; then forget the person.</source>
        <translation>请先在“跟踪”中撤回，或等待签署完成，然后再清除此人信息。</translation>
    </message>
    <message>
        <source>Save it again in the program it comes from, and add that one.</source>
        <translation>请在原来的程序中重新保存，再重新添加。</translation>
    </message>
    <message>
        <source>Save it as JPG or PNG, and add that.</source>
        <translation>请另存为 JPG 或 PNG 后再添加。</translation>
    </message>
    <message>
        <source>Save it as PDF in the program that it comes from.</source>
        <translation>请在原程序中另存为 PDF。</translation>
    </message>
    <message>
        <source>Save or print the document as PDF in the program that it comes from.</source>
        <translation>请在原来的程序中将文件另存或打印为 PDF。</translation>
    </message>
    <message>
        <source>Save the document as PDF again.</source>
        <translation>请重新将文件保存为 PDF。</translation>
    </message>
    <message>
        <source>Save the file without protection in the program that made it.</source>
        <translation>请在制作该文件的程序中取消保护后另存。</translation>
    </message>
    <message>
        <source>Scan it with 300 dpi, or save it smaller.</source>
        <translation>请按 300 dpi 扫描，或缩小后保存。</translation>
    </message>
    <message>
        <source>Search for the last digits of the number.</source>
        <translation>可按证件尾号查找。</translation>
    </message>
    <message>
        <source>Send the correction from Prepare.</source>
        <translation>请从“准备”中发起更正后的合同。</translation>
    </message>
    <message>
        <source>Send them a contract as a signer first: their account is made with it.</source>
        <translation>请先将其作为签署方发起一份合同，平台会随之创建账户。</translation>
    </message>
    <message>
        <source>Set the computer&apos;s date and time, then try again. Nothing was sent.</source>
        <translation>请校准本机的日期和时间后重试。未发起任何合同。</translation>
    </message>
    <message>
        <source>Several computers have copies in this folder.</source>
        <translation>此文件夹中有多台计算机的备份。</translation>
    </message>
    <message>
        <source>Shorten it; in a CSV file, look for a quotation mark that is never closed.</source>
        <translation>请缩短该单元格；如是 CSV 文件，请检查是否有未闭合的引号。</translation>
    </message>
    <message>
        <source>Shorten the tables, then send again.</source>
        <translation>请缩短附表后重新发起。</translation>
    </message>
    <message>
        <source>Shorten what you typed.</source>
        <translation>请缩短内容。</translation>
    </message>
    <message>
        <source>Show only the rows to correct, and paste there.</source>
        <translation>请只显示待改正的行，再粘贴。</translation>
    </message>
    <message>
        <source>Signer {number} has an account with another mobile or e-mail.</source>
        <translation>签署方 {number} 的账号使用的是另一个手机号或邮箱。</translation>
    </message>
    <message>
        <source>Somebody else acted for the organization of signer {number} so far.</source>
        <translation>签署方 {number} 所属企业此前由另一位经办人办理。</translation>
    </message>
    <message>
        <source>Something is under way at the counter.</source>
        <translation>柜台正在处理中。</translation>
    </message>
    <message>
        <source>Start a new contract with the same file.</source>
        <translation>请用同一文件新建合同。</translation>
    </message>
    <message>
        <source>Start the command in a terminal, or name a file that holds it.</source>
        <translation>请在终端中运行此命令，或指定存放口令的文件。</translation>
    </message>
    <message>
        <source>Start the program again; the log says why.</source>
        <translation>请重新启动程序；原因见日志。</translation>
    </message>
    <message>
        <source>Start the program as usual.</source>
        <translation>请照常启动程序。</translation>
    </message>
    <message>
        <source>Take or scan it again, or save it again as JPG or PNG.</source>
        <translation>请重新拍摄或扫描，或另存为 JPG、PNG。</translation>
    </message>
    <message>
        <source>Take pictures and other worksheets out of it, or save it as CSV.</source>
        <translation>请删去图片和其他工作表，或另存为 CSV。</translation>
    </message>
    <message>
        <source>Tell whoever looks after the network. If files of this platform do lie in your own network, allow that in Settings.</source>
        <translation>请告知网络管理员。如果该平台的文件确实存放在本单位内网，请在“设置”中允许。</translation>
    </message>
    <message>
        <source>That didn&apos;t work ({code}).</source>
        <translation>操作未成功（{code}）。</translation>
    </message>
    <message>
        <source>The PDF is larger than 100 MB and can&apos;t be kept as a template.</source>
        <translation>该 PDF 超过 100 MB，不能保存为模板。</translation>
    </message>
    <message>
        <source>The PDF made its reader fail; the reader has been restarted.</source>
        <translation>此 PDF 导致读取进程出错；读取进程已重新启动。</translation>
    </message>
    <message>
        <source>The PDF of this template is not on this computer.</source>
        <translation>本机没有该模板的 PDF。</translation>
    </message>
    <message>
        <source>The account of signer {number} is not known in this environment.</source>
        <translation>当前环境中没有签署方 {number} 的账号。</translation>
    </message>
    <message>
        <source>The account or your reference of signer {number} is known here by another name.</source>
        <translation>签署方 {number} 的账号或内部编号在本机登记的是另一个姓名。</translation>
    </message>
    <message>
        <source>The answer could not be understood.</source>
        <translation>无法识别收到的响应。</translation>
    </message>
    <message>
        <source>The answer does not carry the platform&apos;s signature and was not trusted.</source>
        <translation>响应不带平台的有效签名，未予采信。</translation>
    </message>
    <message>
        <source>The answer is too large to be right and was not read.</source>
        <translation>响应超出合理大小，未予读取。</translation>
    </message>
    <message>
        <source>The answer that came belongs to another contract.</source>
        <translation>收到的应答属于另一份合同。</translation>
    </message>
    <message>
        <source>The answer was about something else and was not trusted.</source>
        <translation>响应与本次请求无关，未予采信。</translation>
    </message>
    <message>
        <source>The answer was not trusted. If this happens again, somebody may be interfering with the connection.</source>
        <translation>该应答未被采信。若再次出现，可能有人在干扰网络连接。</translation>
    </message>
    <message>
        <source>The call was interrupted, and it isn&apos;t known whether it took effect.</source>
        <translation>调用已中断，是否生效尚不确定。</translation>
    </message>
    <message>
        <source>The chosen environment has no address.</source>
        <translation>所选环境没有地址。</translation>
    </message>
    <message>
        <source>The chosen environment has no project id.</source>
        <translation>所选环境没有项目 ID。</translation>
    </message>
    <message>
        <source>The connection broke before the platform had answered.</source>
        <translation>平台响应之前连接已中断。</translation>
    </message>
    <message>
        <source>The connection is not secure: the platform&apos;s certificate can&apos;t be trusted.</source>
        <translation>连接不安全：平台的证书不可信。</translation>
    </message>
    <message>
        <source>The contract is at the platform, but signing has not begun yet.</source>
        <translation>合同已在平台，但签署尚未开始。</translation>
    </message>
    <message>
        <source>The contract that this one corrects can&apos;t be ended from here.</source>
        <translation>无法从此处终止被更正的原合同。</translation>
    </message>
    <message>
        <source>The copies are damaged: none of them can be read.</source>
        <translation>备份已损坏：没有一份可以读取。</translation>
    </message>
    <message>
        <source>The copies can&apos;t be read from this folder.</source>
        <translation>无法从此文件夹读取备份。</translation>
    </message>
    <message>
        <source>The copies in the folder know of contracts that this computer does not know.</source>
        <translation>文件夹中的备份含有本机不知道的合同。</translation>
    </message>
    <message>
        <source>The copies were written by a newer version of this program.</source>
        <translation>备份由本程序的更新版本写入。</translation>
    </message>
    <message>
        <source>The copy could not be written.</source>
        <translation>无法写入副本。</translation>
    </message>
    <message>
        <source>The copy from before the upgrade is in use; the newer data was moved aside.</source>
        <translation>正在使用升级前的副本；新版本的数据已移至一旁保存。</translation>
    </message>
    <message>
        <source>The counter is not ready for this yet.</source>
        <translation>柜台尚未就绪。</translation>
    </message>
    <message>
        <source>The current PIN is not right.</source>
        <translation>当前 PIN 码不正确。</translation>
    </message>
    <message>
        <source>The data folder lies on another computer&apos;s disk ({kind}); nothing was made there.</source>
        <translation>数据文件夹位于其他计算机的磁盘上（{kind}）；未在那里创建任何内容。</translation>
    </message>
    <message>
        <source>The data is not of a newer version of this program; nothing was changed.</source>
        <translation>数据并非由本程序的更新版本写入；未做任何更改。</translation>
    </message>
    <message>
        <source>The data was written by a newer version of this program; it was left untouched.</source>
        <translation>数据由本程序的较新版本写入，未作任何改动。</translation>
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
        <source>The database is not safe on a network share: two computers could write at the same time, and what was saved would be lost. Start the program with --data-dir and a folder of this computer. A share is right for the second folder, which is named in Settings.</source>
        <translation>数据库放在网络共享上不安全：两台计算机可能同时写入，已保存的内容会丢失。请用 --data-dir 指定本机上的文件夹来启动程序。网络共享适合用作“设置”中的第二个文件夹。</translation>
    </message>
    <message>
        <source>The database was damaged; its last backup was taken instead.</source>
        <translation>数据库已损坏，已改用最近一次备份。</translation>
    </message>
    <message>
        <source>The day by which this preset&apos;s contracts have to be signed is over.</source>
        <translation>该预设规定的签署截止日期已过。</translation>
    </message>
    <message>
        <source>The digital signatures of this file can&apos;t be read.</source>
        <translation>无法读取此文件的数字签名。</translation>
    </message>
    <message>
        <source>The disk is full: it could not be saved.</source>
        <translation>磁盘已满，未能保存。</translation>
    </message>
    <message>
        <source>The document ends at page {page_count}.</source>
        <translation>文件只到第 {page_count} 页。</translation>
    </message>
    <message>
        <source>The document is not open any more.</source>
        <translation>文件已经关闭。</translation>
    </message>
    <message>
        <source>The environment or project in use has changed.</source>
        <translation>当前的环境或项目已经改变。</translation>
    </message>
    <message>
        <source>The environment was changed since this sheet was checked; nothing was sent.</source>
        <translation>核对该表格之后环境已被更改；未发起任何合同。</translation>
    </message>
    <message>
        <source>The field “{name}” on page {page_number} can&apos;t be written as it is.</source>
        <translation>第 {page_number} 页的填写项“{name}”不符合要求，未写入。</translation>
    </message>
    <message>
        <source>The fields could not be written into this PDF.</source>
        <translation>未能将填写项写入该 PDF。</translation>
    </message>
    <message>
        <source>The file arrived differently from how it was sent, and was not accepted.</source>
        <translation>文件到达时与发送时不一致，未被接收。</translation>
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
        <source>The file has changed since it was opened; nothing was sent.</source>
        <translation>文件在打开之后已被修改；尚未发起任何合同。</translation>
    </message>
    <message>
        <source>The file has no form field for text: the platform could fill nothing in.</source>
        <translation>该文件没有文本表单域，平台没有内容可填。</translation>
    </message>
    <message>
        <source>The file has too many contacts: {max} at most are imported in one go.</source>
        <translation>文件中的联系人过多：一次最多导入 {max} 个。</translation>
    </message>
    <message>
        <source>The file is not there any more.</source>
        <translation>文件已不在原处。</translation>
    </message>
    <message>
        <source>The file is too large to be kept with a preset.</source>
        <translation>文件过大，不能随预设保存。</translation>
    </message>
    <message>
        <source>The file may be damaged at this place: look at the page in another program.</source>
        <translation>文件在此处可能已损坏，请用其他程序查看该页。</translation>
    </message>
    <message>
        <source>The file may be damaged: download it again.</source>
        <translation>文件可能已损坏，请重新下载。</translation>
    </message>
    <message>
        <source>The file storage did not accept the file (HTTP {status} {storage_code}).</source>
        <translation>文件存储未接收此文件（HTTP {status} {storage_code}）。</translation>
    </message>
    <message>
        <source>The file storage did not return the file (HTTP {status} {storage_code}).</source>
        <translation>文件存储未返回此文件（HTTP {status} {storage_code}）。</translation>
    </message>
    <message>
        <source>The file that belongs to this preset has changed.</source>
        <translation>此预设附带的文件已被修改。</translation>
    </message>
    <message>
        <source>The file that holds the passphrase can&apos;t be read.</source>
        <translation>无法读取存放口令的文件。</translation>
    </message>
    <message>
        <source>The filled-in fields of this contract are locked in the keyring.</source>
        <translation>系统密钥环已锁定，无法读取此合同中填写的内容。</translation>
    </message>
    <message>
        <source>The folder can&apos;t be written to.</source>
        <translation>无法写入此文件夹。</translation>
    </message>
    <message>
        <source>The folder of shared presets is empty.</source>
        <translation>共享预设文件夹为空。</translation>
    </message>
    <message>
        <source>The form in this file can&apos;t be read.</source>
        <translation>无法读取该文件的表单。</translation>
    </message>
    <message>
        <source>The form&apos;s font has no “{characters}”: it would stay empty on paper.</source>
        <translation>表单字体不含“{characters}”，打印后将为空白。</translation>
    </message>
    <message>
        <source>The keyring could not complete this.</source>
        <translation>系统密钥环未能完成操作。</translation>
    </message>
    <message>
        <source>The keyring does not answer.</source>
        <translation>系统密钥环没有响应。</translation>
    </message>
    <message>
        <source>The keyring is locked.</source>
        <translation>系统密钥环已锁定。</translation>
    </message>
    <message>
        <source>The keyring is locked. Drafts and contacts that can&apos;t be searched: {count}. Nothing changed.</source>
        <translation>系统密钥环已锁定，无法检查的草稿和联系人：{count} 个。未作任何更改。</translation>
    </message>
    <message>
        <source>The keyring is locked: what it encrypts of this contact can&apos;t be read.</source>
        <translation>系统密钥环已锁定，无法读取此联系人的加密信息。</translation>
    </message>
    <message>
        <source>The keyring of this computer takes no secret of this length.</source>
        <translation>本机的密钥环存不下这么长的密钥。</translation>
    </message>
    <message>
        <source>The keyword occurs too often to be used for seals.</source>
        <translation>关键字出现次数过多，不能用于放置印章。</translation>
    </message>
    <message>
        <source>The keyword “{keyword}” does not occur in the preset&apos;s document.</source>
        <translation>预设的文件中没有关键字“{keyword}”。</translation>
    </message>
    <message>
        <source>The keyword “{keyword}” occurs {count} times: {count} seals would be placed.</source>
        <translation>关键字“{keyword}”出现 {count} 次，将盖 {count} 枚印章。</translation>
    </message>
    <message>
        <source>The last rehearsal is still being put away.</source>
        <translation>上一次演练尚在清理。</translation>
    </message>
    <message>
        <source>The list of fields says what is wrong with it.</source>
        <translation>具体原因见填写项列表。</translation>
    </message>
    <message>
        <source>The number of signer {number} is known here by another name.</source>
        <translation>签署方 {number} 的证件号码在本机登记的是另一个姓名。</translation>
    </message>
    <message>
        <source>The others still count; send the data folder&apos;s ledger to support.</source>
        <translation>其余各行仍然有效；请将数据文件夹中的用量记录发给技术支持。</translation>
    </message>
    <message>
        <source>The pages of a template are at the platform; placement can&apos;t be edited here.</source>
        <translation>模板的页面在平台上，无法在本机调整印章位置。</translation>
    </message>
    <message>
        <source>The passphrase can&apos;t be asked for: there is no terminal.</source>
        <translation>无法询问口令：没有终端。</translation>
    </message>
    <message>
        <source>The passphrase is not the one of these copies.</source>
        <translation>口令与这些备份不符。</translation>
    </message>
    <message>
        <source>The passphrase is too short: it needs {least} characters at least.</source>
        <translation>口令太短：至少需要 {least} 个字符。</translation>
    </message>
    <message>
        <source>The passphrase of the copies is needed.</source>
        <translation>需要备份的口令。</translation>
    </message>
    <message>
        <source>The password is not right.</source>
        <translation>密码不正确。</translation>
    </message>
    <message>
        <source>The permission to download had expired.</source>
        <translation>下载授权已过期。</translation>
    </message>
    <message>
        <source>The permission to upload had expired.</source>
        <translation>上传授权已过期。</translation>
    </message>
    <message>
        <source>The picture can&apos;t be read.</source>
        <translation>无法读取该图片。</translation>
    </message>
    <message>
        <source>The picture is too large.</source>
        <translation>图片太大。</translation>
    </message>
    <message>
        <source>The platform can&apos;t be reached: there is no connection.</source>
        <translation>无法连接平台：网络不通。</translation>
    </message>
    <message>
        <source>The platform did not answer in time.</source>
        <translation>平台未在规定时间内响应。</translation>
    </message>
    <message>
        <source>The platform does not accept the project id and secret.</source>
        <translation>平台不接受此项目 ID 和密钥。</translation>
    </message>
    <message>
        <source>The platform does not know this template (any more): {msg} ({err_code})</source>
        <translation>平台上没有该模板或已被删除：{msg}（{err_code}）</translation>
    </message>
    <message>
        <source>The platform doesn&apos;t know this contact yet in the environment in use.</source>
        <translation>该联系人在当前环境尚无平台账户。</translation>
    </message>
    <message>
        <source>The platform ended the sheet without sealing it.</source>
        <translation>平台未盖章即结束了校准文件。</translation>
    </message>
    <message>
        <source>The platform has an account of this contact.</source>
        <translation>该联系人在平台已有账户。</translation>
    </message>
    <message>
        <source>The platform has an account with this name and number.</source>
        <translation>平台已按此姓名和号码开户。</translation>
    </message>
    <message>
        <source>The platform has not sealed the sheet within {minutes} min.</source>
        <translation>平台在 {minutes} 分钟内未完成盖章。</translation>
    </message>
    <message>
        <source>The platform is asked too often at the moment (HTTP {status}).</source>
        <translation>目前向平台发出的请求过于频繁（HTTP {status}）。</translation>
    </message>
    <message>
        <source>The platform is unavailable at the moment (HTTP {status}).</source>
        <translation>平台暂时无法提供服务（HTTP {status}）。</translation>
    </message>
    <message>
        <source>The platform keeps the old mobile or e-mail of signer {number}.</source>
        <translation>平台仍保留签署方 {number} 原来的手机号或邮箱。</translation>
    </message>
    <message>
        <source>The platform named an address that leads into this computer or its network, or is not secure; it was not opened.</source>
        <translation>平台给出的地址指向本机或内网，或不是安全连接，未予访问。</translation>
    </message>
    <message>
        <source>The platform refused to make an account with the new mobile or e-mail of signer {number}: {msg} ({err_code})</source>
        <translation>平台拒绝按签署方 {number} 的新手机号或邮箱创建账号：{msg}（{err_code}）</translation>
    </message>
    <message>
        <source>The platform refused: {msg} ({err_code})</source>
        <translation>平台拒绝：{msg}（{err_code}）</translation>
    </message>
    <message>
        <source>The platform&apos;s answer was lost: the template may have been made, or not.</source>
        <translation>没有收到平台的答复：模板可能已制成，也可能没有。</translation>
    </message>
    <message>
        <source>The platform&apos;s certificate is not valid at the time that this computer shows.</source>
        <translation>按本机时间，平台的证书不在有效期内。</translation>
    </message>
    <message>
        <source>The preset belongs to another environment or project.</source>
        <translation>此预设属于其他环境或项目。</translation>
    </message>
    <message>
        <source>The preset is too large.</source>
        <translation>预设过大。</translation>
    </message>
    <message>
        <source>The preset on this computer was changed meanwhile: nothing was imported.</source>
        <translation>本机预设刚被修改，未导入任何内容。</translation>
    </message>
    <message>
        <source>The preset was changed since this sheet was checked; nothing was sent.</source>
        <translation>核对该表格之后预设已被修改；未发起任何合同。</translation>
    </message>
    <message>
        <source>The preset was made for other documents.</source>
        <translation>此预设适用于其他文件。</translation>
    </message>
    <message>
        <source>The program is running already.</source>
        <translation>程序已在运行。</translation>
    </message>
    <message>
        <source>The program tries again automatically; if it keeps failing, tell support the details.</source>
        <translation>程序会自动重试；若一直如此，请将详情告知技术支持。</translation>
    </message>
    <message>
        <source>The project id holds characters that it can&apos;t have.</source>
        <translation>项目 ID 中含有不允许的字符。</translation>
    </message>
    <message>
        <source>The project&apos;s secret is needed.</source>
        <translation>需要项目密钥。</translation>
    </message>
    <message>
        <source>The proxy can&apos;t be reached, or does not let this connection through.</source>
        <translation>无法连接代理服务器，或代理不允许此连接。</translation>
    </message>
    <message>
        <source>The range runs backwards.</source>
        <translation>页码范围前后颠倒。</translation>
    </message>
    <message>
        <source>The rehearsal platform could not be started.</source>
        <translation>演练平台未能启动。</translation>
    </message>
    <message>
        <source>The rehearsal stopped before the contract was made.</source>
        <translation>演练在生成合同前中止。</translation>
    </message>
    <message>
        <source>The sealed file does not have the pages that were sent.</source>
        <translation>盖章后的文件与发送的页面不一致。</translation>
    </message>
    <message>
        <source>The second folder can&apos;t be written to.</source>
        <translation>无法写入备份文件夹。</translation>
    </message>
    <message>
        <source>The second folder does not answer.</source>
        <translation>备份文件夹没有响应。</translation>
    </message>
    <message>
        <source>The second folder is full.</source>
        <translation>备份文件夹已满。</translation>
    </message>
    <message>
        <source>The second folder is not there.</source>
        <translation>找不到备份文件夹。</translation>
    </message>
    <message>
        <source>The secret holds for this session. The platform&apos;s secrets are shorter: copy it there once more.</source>
        <translation>密钥在本次会话中有效。平台的密钥没有这么长：请到平台重新复制。</translation>
    </message>
    <message>
        <source>The secret holds for this session; try again, or log in to this computer again.</source>
        <translation>密钥在本次会话中有效；请重试，或重新登录桌面。</translation>
    </message>
    <message>
        <source>The secret is asked for in each session and kept nowhere.</source>
        <translation>每次启动都需输入密钥，且不会保存到任何地方。</translation>
    </message>
    <message>
        <source>The send was interrupted; nothing is lost.</source>
        <translation>发起已中断，内容没有丢失。</translation>
    </message>
    <message>
        <source>The share may be away. Work goes on; what is missing is copied when it answers.</source>
        <translation>共享文件夹可能已断开。您可以继续工作；恢复响应后会补上缺少的部分。</translation>
    </message>
    <message>
        <source>The sheet can&apos;t be read.</source>
        <translation>无法读取该表格。</translation>
    </message>
    <message>
        <source>The sheet has too many columns: {max} at most are read.</source>
        <translation>表格列数太多：最多读取 {max} 列。</translation>
    </message>
    <message>
        <source>The sheet has too many rows: {max} at most are sent in one go.</source>
        <translation>表格行数太多：一次最多发起 {max} 行。</translation>
    </message>
    <message>
        <source>The sheet holds more than {max} million characters; nothing was read.</source>
        <translation>该表格超过 {max} 百万个字符，未读取任何内容。</translation>
    </message>
    <message>
        <source>The sheet is damaged and can&apos;t be read whole; nothing of it is used.</source>
        <translation>表格已损坏，无法完整读取；未使用其中任何内容。</translation>
    </message>
    <message>
        <source>The sheet is in the old .xls format, which is not read.</source>
        <translation>该表格是旧的 .xls 格式，无法读取。</translation>
    </message>
    <message>
        <source>The sheet is locked with a password.</source>
        <translation>该表格设有密码。</translation>
    </message>
    <message>
        <source>The sheet is not there any more.</source>
        <translation>表格文件已不在原处。</translation>
    </message>
    <message>
        <source>The sheet is too large: {size_mb} MB, and {max_mb} MB at most are read.</source>
        <translation>表格太大：{size_mb} MB，最多读取 {max_mb} MB。</translation>
    </message>
    <message>
        <source>The signers may see this contract already.</source>
        <translation>签署方可能已经看到这份合同。</translation>
    </message>
    <message>
        <source>The signing platform does not answer at this address (HTTP {status}).</source>
        <translation>该地址没有签署平台的应答（HTTP {status}）。</translation>
    </message>
    <message>
        <source>There are no copies in this folder.</source>
        <translation>此文件夹中没有备份。</translation>
    </message>
    <message>
        <source>There is no field yet: the platform could fill nothing in.</source>
        <translation>尚无填写项，平台无法填写。</translation>
    </message>
    <message>
        <source>There is no row below the headings of this sheet.</source>
        <translation>该表格的表头下面没有数据行。</translation>
    </message>
    <message>
        <source>There is nothing to download: no document carries a seal yet.</source>
        <translation>没有可下载的内容：还没有文件盖章。</translation>
    </message>
    <message>
        <source>These have: {names}.</source>
        <translation>现有：{names}。</translation>
    </message>
    <message>
        <source>These two have different numbers, so they are not one.</source>
        <translation>两者证件号码不同，不是同一联系人。</translation>
    </message>
    <message>
        <source>They were left as they are, and this computer has copies of its own now. Restore the others to see what is in them.</source>
        <translation>这些备份保持原样，本机已另建自己的备份。恢复这些备份即可查看其内容。</translation>
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
        <source>This PDF needs more memory than it may have.</source>
        <translation>处理此 PDF 所需内存超出限制。</translation>
    </message>
    <message>
        <source>This PDF takes too long: it was stopped so that you can keep working.</source>
        <translation>处理此 PDF 耗时过长，已中止，以免影响您继续工作。</translation>
    </message>
    <message>
        <source>This address can&apos;t be used: {detail}</source>
        <translation>此地址无法使用：{detail}</translation>
    </message>
    <message>
        <source>This can&apos;t be a template&apos;s id.</source>
        <translation>模板 ID 格式不正确。</translation>
    </message>
    <message>
        <source>This computer has no keyring that the secret could be kept in.</source>
        <translation>本机没有可保存密钥的系统密钥环。</translation>
    </message>
    <message>
        <source>This computer&apos;s SQLite {found} can&apos;t work with the database.</source>
        <translation>本机的 SQLite {found} 无法使用该数据库。</translation>
    </message>
    <message>
        <source>This computer&apos;s SQLite {found} is too old; {needed} is needed at least.</source>
        <translation>本机的 SQLite {found} 版本过低，至少需要 {needed}。</translation>
    </message>
    <message>
        <source>This contact is not there any more.</source>
        <translation>该联系人已不存在。</translation>
    </message>
    <message>
        <source>This contact is there already, with this very number.</source>
        <translation>该联系人已存在，证件号码相同。</translation>
    </message>
    <message>
        <source>This contract is being sent, and can&apos;t be changed meanwhile.</source>
        <translation>该合同正在发起，在此期间无法修改。</translation>
    </message>
    <message>
        <source>This contract is not in preparation any more.</source>
        <translation>该合同已不在准备状态。</translation>
    </message>
    <message>
        <source>This contract is not known here.</source>
        <translation>本机没有此合同的记录。</translation>
    </message>
    <message>
        <source>This contract was sent already, or is on its way.</source>
        <translation>此合同已经发起，或正在发起。</translation>
    </message>
    <message>
        <source>This contract was sent by another project ({project_id}).</source>
        <translation>此合同由另一项目（{project_id}）发起。</translation>
    </message>
    <message>
        <source>This customer has been entered already.</source>
        <translation>此客户已录入。</translation>
    </message>
    <message>
        <source>This draft can&apos;t be read.</source>
        <translation>无法读取此草稿。</translation>
    </message>
    <message>
        <source>This draft is not there any more.</source>
        <translation>此草稿已不存在。</translation>
    </message>
    <message>
        <source>This file has more than 100 pages.</source>
        <translation>此文件超过 100 页。</translation>
    </message>
    <message>
        <source>This file holds no contacts.</source>
        <translation>文件中没有联系人。</translation>
    </message>
    <message>
        <source>This file is damaged, or not an image.</source>
        <translation>文件已损坏，或不是图片。</translation>
    </message>
    <message>
        <source>This file is empty.</source>
        <translation>此文件是空的。</translation>
    </message>
    <message>
        <source>This file is neither a sheet nor an address book.</source>
        <translation>此文件既不是表格，也不是通讯录。</translation>
    </message>
    <message>
        <source>This file is not a picture that can be shown.</source>
        <translation>这不是可以显示的图片。</translation>
    </message>
    <message>
        <source>This file is not a preset, or it is damaged.</source>
        <translation>此文件不是预设，或已损坏。</translation>
    </message>
    <message>
        <source>This file is not a sheet.</source>
        <translation>该文件不是表格。</translation>
    </message>
    <message>
        <source>This file is not an address book.</source>
        <translation>此文件不是通讯录。</translation>
    </message>
    <message>
        <source>This folder lies where the program keeps its own data.</source>
        <translation>此文件夹与本程序自己的数据在同一处。</translation>
    </message>
    <message>
        <source>This image is too large: up to 120 million pixels and 100 MB can be read.</source>
        <translation>图片过大：最多支持 1.2 亿像素、100 MB。</translation>
    </message>
    <message>
        <source>This is not a PDF.</source>
        <translation>这不是 PDF 文件。</translation>
    </message>
    <message>
        <source>This is not a PDF: contracts are sent as PDFs.</source>
        <translation>这不是 PDF：合同须以 PDF 发起。</translation>
    </message>
    <message>
        <source>This is not a length.</source>
        <translation>这不是长度。</translation>
    </message>
    <message>
        <source>This is not a page number.</source>
        <translation>这不是页码。</translation>
    </message>
    <message>
        <source>This key can&apos;t pick a preset.</source>
        <translation>此键不能用于选择预设。</translation>
    </message>
    <message>
        <source>This number belongs to another contact.</source>
        <translation>该证件号码属于另一联系人。</translation>
    </message>
    <message>
        <source>This page could not be drawn.</source>
        <translation>此页无法显示。</translation>
    </message>
    <message>
        <source>This page is too large to be drawn at this size.</source>
        <translation>页面过大，无法按当前比例显示。</translation>
    </message>
    <message>
        <source>This platform shows a contract as soon as it is started. Ask the signers or the platform&apos;s support before you cancel this one and send the contract again.</source>
        <translation>该平台一发起就会向签署方展示合同。请先向签署方或平台客服确认，再取消本次发起并重新发起。</translation>
    </message>
    <message>
        <source>This platform tells signing addresses only when a contract is shown to its signers.</source>
        <translation>该平台只在向签署方展示合同时才给出签署地址。</translation>
    </message>
    <message>
        <source>This preset can&apos;t be read.</source>
        <translation>无法读取此预设。</translation>
    </message>
    <message>
        <source>This preset can&apos;t be used: it lacks a seal that every contract needs.</source>
        <translation>该预设不能使用：缺少必需的印章位置。</translation>
    </message>
    <message>
        <source>This preset has no customer: nobody would stand at the counter.</source>
        <translation>此预设没有客户：柜台前无人签署。</translation>
    </message>
    <message>
        <source>This preset is not there any more.</source>
        <translation>此预设已不存在。</translation>
    </message>
    <message>
        <source>This preset was changed elsewhere since you opened it: nothing was saved.</source>
        <translation>该预设打开后已在别处被修改，本次未保存。</translation>
    </message>
    <message>
        <source>This preset was exported by a newer version of this program.</source>
        <translation>该预设由本程序的更新版本导出。</translation>
    </message>
    <message>
        <source>This send came from another computer&apos;s copy, and may have gone on there.</source>
        <translation>此次发起来自另一台计算机的备份，可能已在那台计算机上继续进行。</translation>
    </message>
    <message>
        <source>This send does not wait to be looked at any more.</source>
        <translation>该发起已不在等待查看。</translation>
    </message>
    <message>
        <source>This send is not known here any more.</source>
        <translation>本机已没有此次发起的记录。</translation>
    </message>
    <message>
        <source>This send is not waiting for a decision any more.</source>
        <translation>此次发起已不再等待处理。</translation>
    </message>
    <message>
        <source>This template is on the list already.</source>
        <translation>该模板已在列表中。</translation>
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
        <source>Try again in a moment; if it happens often, ask whoever looks after the network.</source>
        <translation>请稍后重试；若经常出现，请联系网络管理员。</translation>
    </message>
    <message>
        <source>Try again. If it happens again, something on the way changes the traffic.</source>
        <translation>请重试。若再次出现，说明途中有设备改动了数据。</translation>
    </message>
    <message>
        <source>Try again: a new one is asked for.</source>
        <translation>请重试：将重新申请授权。</translation>
    </message>
    <message>
        <source>Try again; if it happens again, tell support this code.</source>
        <translation>请重试；若再次出现，请将此代码告知技术支持。</translation>
    </message>
    <message>
        <source>Try again; what had been done already is not done twice.</source>
        <translation>请重试；已完成的步骤不会重复执行。</translation>
    </message>
    <message>
        <source>Type 1 for a tick, 0 for none.</source>
        <translation>勾选输入 1，不勾选输入 0。</translation>
    </message>
    <message>
        <source>Type digits only.</source>
        <translation>请只输入数字。</translation>
    </message>
    <message>
        <source>Type it again. If nobody remembers it, remove it with: esign-desktop --remove-counter-pin</source>
        <translation>请重新输入。无人记得时，可运行 esign-desktop --remove-counter-pin 移除。</translation>
    </message>
    <message>
        <source>Type it as 2026-03-09 or 20260309.</source>
        <translation>请按 2026-03-09 或 20260309 的格式输入。</translation>
    </message>
    <message>
        <source>Type it in digits, such as 50,000 or 1234.50.</source>
        <translation>请输入数字，如 50,000 或 1234.50。</translation>
    </message>
    <message>
        <source>Type it in digits.</source>
        <translation>请输入数字。</translation>
    </message>
    <message>
        <source>Type its number.</source>
        <translation>请输入选项序号。</translation>
    </message>
    <message>
        <source>Type names and titles again instead of pasting them.</source>
        <translation>请手动输入姓名和标题，不要粘贴。</translation>
    </message>
    <message>
        <source>Type the keyword, or remove the seal.</source>
        <translation>请填写关键字，或删除该印章。</translation>
    </message>
    <message>
        <source>Type the value, then press Enter.</source>
        <translation>请输入内容后按 Enter。</translation>
    </message>
    <message>
        <source>Unlock it when the system asks, then try again.</source>
        <translation>请在系统提示时解锁，然后重试。</translation>
    </message>
    <message>
        <source>Unlock the keyring, then open the contract again. Nothing is lost.</source>
        <translation>请解锁密钥环，再重新打开此合同。内容没有丢失。</translation>
    </message>
    <message>
        <source>Unlock the keyring, then try again. Nothing changed.</source>
        <translation>请解锁密钥环后重试。未作任何更改。</translation>
    </message>
    <message>
        <source>Unlock the keyring; then forget the person.</source>
        <translation>请先解锁密钥环，再清除此人信息。</translation>
    </message>
    <message>
        <source>Update the operating system (SQLite {needed} or newer), or install the complete package of this program, which brings its own. Nothing is lost.</source>
        <translation>请升级操作系统（SQLite {needed} 或更高版本），或安装自带 SQLite 的完整安装包。数据没有丢失。</translation>
    </message>
    <message>
        <source>Update the operating system, or install the complete package of this program, which brings its own SQLite. Your data was left untouched.</source>
        <translation>请升级操作系统，或安装自带 SQLite 的完整安装包。您的数据未作任何改动。</translation>
    </message>
    <message>
        <source>Update this program, or ask for an export of the older version.</source>
        <translation>请升级本程序，或请对方用旧版本重新导出。</translation>
    </message>
    <message>
        <source>Use the name that people ask for.</source>
        <translation>请使用日常业务中的名称。</translation>
    </message>
    <message>
        <source>Use the window that is open.</source>
        <translation>请使用已打开的窗口。</translation>
    </message>
    <message>
        <source>Wait a moment, then try again.</source>
        <translation>请稍候再试。</translation>
    </message>
    <message>
        <source>Wait for it once more, or cancel it: then it is revoked and costs nothing.</source>
        <translation>可继续等待，或放弃：放弃后将撤回，不扣减份数。</translation>
    </message>
    <message>
        <source>Wait for the signature, or revoke the contract with Esc Esc, before you choose another one.</source>
        <translation>请等客户签署，或连按两次 Esc 撤回这份合同，再选择别的合同。</translation>
    </message>
    <message>
        <source>Wait until everybody has signed.</source>
        <translation>请等待所有人签署完毕。</translation>
    </message>
    <message>
        <source>Wait until it is done, or pause it.</source>
        <translation>请等待其全部发起，或先暂停。</translation>
    </message>
    <message>
        <source>Wait until it is done, then try again.</source>
        <translation>请等待其完成后重试。</translation>
    </message>
    <message>
        <source>Wait {seconds} s, then try again.</source>
        <translation>请等待 {seconds} 秒后再试。</translation>
    </message>
    <message>
        <source>What a form of the corrected contract was filled with is not known here.</source>
        <translation>本机无法得知被更正合同的表单填写了什么。</translation>
    </message>
    <message>
        <source>What is kept about this contract can&apos;t be read.</source>
        <translation>无法读取此合同的本机记录。</translation>
    </message>
    <message>
        <source>What is kept of this template can&apos;t be read.</source>
        <translation>无法读取此模板的本机记录。</translation>
    </message>
    <message>
        <source>What the form was filled with is not known here any more.</source>
        <translation>本机已没有填写内容的记录。</translation>
    </message>
    <message>
        <source>What the platform made of the form is not as it was filled in.</source>
        <translation>平台生成的文件与填写的内容不一致。</translation>
    </message>
    <message>
        <source>What this contract was made of is not on this computer.</source>
        <translation>本机没有制作此合同的内容。</translation>
    </message>
    <message>
        <source>What was copied can&apos;t be read as rows. Nothing is pasted.</source>
        <translation>复制的内容无法按行读取。未粘贴任何内容。</translation>
    </message>
    <message>
        <source>What was copied does not fit here: {rows} row(s) and {columns} column(s) are left. Nothing is pasted.</source>
        <translation>复制的内容放不下：此处只剩 {rows} 行、{columns} 列。未粘贴任何内容。</translation>
    </message>
    <message>
        <source>What was entered was lost when the program ended.</source>
        <translation>程序中断后，已输入的信息没有保留。</translation>
    </message>
    <message>
        <source>What was sent since then is in Track again; drafts, presets and contacts made since then are missing.</source>
        <translation>此后发出的合同已恢复到“跟踪”；此后新建的草稿、预设和联系人不在其中。</translation>
    </message>
    <message>
        <source>Whether the contract was revoked is not certain.</source>
        <translation>合同是否已撤回尚不确定。</translation>
    </message>
    <message>
        <source>Write a number, with mm or pt if you like.</source>
        <translation>请填写数字，可带单位 mm 或 pt。</translation>
    </message>
    <message>
        <source>Write headings into its first row, save it, and choose it again.</source>
        <translation>请在首行填写列标题，保存后重新选择。</translation>
    </message>
    <message>
        <source>Write it as Settings shows it, or leave --sealed-by out.</source>
        <translation>请按“设置”中显示的名称填写，或不使用 --sealed-by。</translation>
    </message>
    <message>
        <source>Write pages like 1-3,5.</source>
        <translation>页码请写成 1-3,5 这样的形式。</translation>
    </message>
    <message>
        <source>Write the field&apos;s label, example and choices with other characters.</source>
        <translation>请更换该填写项名称、示例或选项中的用字。</translation>
    </message>
    <message>
        <source>You may not have the right to, or another program holds it.</source>
        <translation>您可能没有权限，或文件正被其他程序占用。</translation>
    </message>
    <message>
        <source>{count} contact(s) may have had another person&apos;s account, so it was unlinked.</source>
        <translation>{count} 个联系人的账号可能属于他人，已解除关联。</translation>
    </message>
    <message>
        <source>“{label}” has room for {most} characters.</source>
        <translation>“{label}”最多可填 {most} 个字。</translation>
    </message>
    <message>
        <source>“{label}” has to be a date that exists.</source>
        <translation>“{label}”应填写有效日期。</translation>
    </message>
    <message>
        <source>“{label}” has to be a number.</source>
        <translation>“{label}”须为数字。</translation>
    </message>
    <message>
        <source>“{label}” has to be an amount in yuan.</source>
        <translation>“{label}”应填写金额（元）。</translation>
    </message>
    <message>
        <source>“{label}” has to be one of the choices.</source>
        <translation>“{label}”只能填写所列选项。</translation>
    </message>
    <message>
        <source>“{label}” is a tick.</source>
        <translation>“{label}”为勾选项。</translation>
    </message>
    <message>
        <source>“{label}” is empty, and the contract needs it.</source>
        <translation>“{label}”为必填项。</translation>
    </message>
    <message>
        <source>“{label}”: this ID number can&apos;t be right.</source>
        <translation>“{label}”的身份证号有误。</translation>
    </message>
    <message>
        <source>“{label}”: this phone number can&apos;t be right.</source>
        <translation>“{label}”的手机号有误。</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>&amp;Mask numbers, mobiles and e-mail addresses</source>
        <translation>证件号码、手机号和邮箱脱敏(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Write them in full</source>
        <translation>完整写出(&amp;W)</translation>
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
    <message>
        <source>Whoever opens the file reads every number. Keep it where only you can.</source>
        <translation>打开此文件的人可看到全部号码，请妥善保管。</translation>
    </message>
</context>
<context>
    <name>FallbackField</name>
    <message>
        <source>Add point</source>
        <translation>添加坐标</translation>
    </message>
    <message>
        <source>Page to fall back to</source>
        <translation>备用坐标所在页</translation>
    </message>
    <message>
        <source>Point to fall back to</source>
        <translation>备用坐标</translation>
    </message>
    <message>
        <source>Point {number} of {count}</source>
        <translation>坐标 {number}/{count}</translation>
    </message>
    <message>
        <source>Remove point</source>
        <translation>移除坐标</translation>
    </message>
    <message>
        <source>from below</source>
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
    <name>FieldMenu</name>
    <message>
        <source>Follow nobody</source>
        <translation>不再取自签署方</translation>
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
        <source>Name of the agent</source>
        <translation>经办人姓名</translation>
    </message>
    <message>
        <source>No signer has what this field takes</source>
        <translation>没有可用于此字段的签署方信息</translation>
    </message>
    <message>
        <source>Registration code</source>
        <translation>组织机构代码</translation>
    </message>
    <message>
        <source>The same in all fields of this label</source>
        <translation>与同名字段保持一致</translation>
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
        <source>&amp;Choices</source>
        <translation>选项(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Example</source>
        <translation>示例(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Kind</source>
        <translation>类型(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Label</source>
        <translation>显示名称(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Most characters</source>
        <translation>最多字数(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Required</source>
        <translation>必填(&amp;R)</translation>
    </message>
    <message>
        <source>Choose a kind above, then draw on the page. A click or Enter places a field of the usual size.</source>
        <translation>请在上方选择类型，再在页面上拖画；单击或按 Enter 则放置常用大小的填写项。</translation>
    </message>
    <message>
        <source>Click a field to name it; drag over several to line them up.</source>
        <translation>单击填写项可命名；框选多个可对齐。</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>填写项</translation>
    </message>
    <message>
        <source>How the field is asked for, if not by its name</source>
        <translation>填写时显示的名称；留空则显示填写项名称</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>Parted by semicolons</source>
        <translation>用分号分隔</translation>
    </message>
    <message>
        <source>The platform knows the field by it</source>
        <translation>平台按此名称识别填写项</translation>
    </message>
    <message>
        <source>This field belongs to the PDF&apos;s own form: it keeps its name and place.</source>
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
        <source>Fill in the capitals</source>
        <translation>填入大写</translation>
    </message>
    <message>
        <source>From {signer}</source>
        <translation>取自 {signer}</translation>
    </message>
    <message>
        <source>May stay empty</source>
        <translation>可留空</translation>
    </message>
    <message>
        <source>Required</source>
        <translation>必填</translation>
    </message>
    <message>
        <source>Take it from a signer…</source>
        <translation>取自签署方…</translation>
    </message>
    <message>
        <source>Tick</source>
        <translation>勾选</translation>
    </message>
    <message>
        <source>Typed once for all fields of this label</source>
        <translation>同名字段只需填写一次</translation>
    </message>
    <message>
        <source>{name}, required</source>
        <translation>{name}，必填</translation>
    </message>
</context>
<context>
    <name>FieldsPage</name>
    <message>
        <source>&amp;Asked for as</source>
        <translation>录入提示(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Choices</source>
        <translation>选项(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Filled with</source>
        <translation>填入内容(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Kind of answer</source>
        <translation>内容类型(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Most characters</source>
        <translation>最多字数(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Name in the template</source>
        <translation>模板中的名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Required: nothing is sent as long as it is empty</source>
        <translation>必填(&amp;R)：留空则不能发起</translation>
    </message>
    <message>
        <source>&amp;Text</source>
        <translation>文字(&amp;T)</translation>
    </message>
    <message>
        <source>As the fields are called in the template&apos;s PDF. What is left out stays as the template has it.</source>
        <translation>名称须与模板 PDF 中的表单域一致；未列出的表单域保持模板原样。</translation>
    </message>
    <message>
        <source>As the name says: {kind}</source>
        <translation>按名称判断：{kind}</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Form field</source>
        <translation>表单域</translation>
    </message>
    <message>
        <source>Form fields</source>
        <translation>表单域</translation>
    </message>
    <message>
        <source>Of &amp;whom</source>
        <translation>取自(&amp;W)</translation>
    </message>
    <message>
        <source>Only a document that the platform makes from a template has fields: see Documents.</source>
        <translation>只有由平台模板生成的文件才有表单域，请见“文件”页。</translation>
    </message>
    <message>
        <source>Parted by semicolons</source>
        <translation>用分号分隔</translation>
    </message>
    <message>
        <source>The first customer</source>
        <translation>第一位客户</translation>
    </message>
</context>
<context>
    <name>FileDialogs</name>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Kind of file:</source>
        <translation>文件类型：</translation>
    </message>
    <message>
        <source>Look in:</source>
        <translation>查找范围：</translation>
    </message>
    <message>
        <source>PDFs and images ({patterns})</source>
        <translation>PDF 和图片（{patterns}）</translation>
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
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Due today</source>
        <translation>今日到期</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>Not shown to anybody yet, to be confirmed, or signed and not downloaded: it is your turn</source>
        <translation>尚未发给任何人、待确认，或已签完但未下载：轮到您处理</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>签署中</translation>
    </message>
    <message>
        <source>The platform has not said how it stands, or in words not known here</source>
        <translation>平台尚未告知状态，或状态无法识别</translation>
    </message>
    <message>
        <source>To be signed before midnight, China time, or overdue</source>
        <translation>须在今天（北京时间）24 点前签署，或已过期</translation>
    </message>
    <message>
        <source>Unknown outcome</source>
        <translation>结果不明</translation>
    </message>
    <message>
        <source>Waiting for me</source>
        <translation>待我处理</translation>
    </message>
    <message>
        <source>{name} {count}</source>
        <translation>{name} {count}</translation>
    </message>
</context>
<context>
    <name>FinishedBar</name>
    <message>
        <source>Back to editing ({key} or Esc)</source>
        <translation>返回编辑（{key} 或 Esc）</translation>
    </message>
    <message>
        <source>Finished look: seals as they will be printed. Nothing can be edited here.</source>
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
        <source>Add the people who sign. For the sample contract two invented parties are ready.</source>
        <translation>请添加签署方。示例合同已备好两个虚构的签署方。</translation>
    </message>
    <message>
        <source>Add the people who sign: a person, or an organization with whoever signs for it.</source>
        <translation>请添加签署方：个人，或者企业及其经办人。</translation>
    </message>
    <message>
        <source>Click where the chosen signer&apos;s seal belongs, mostly on the last page. Then choose the next signer in the list, or by keys 1 to 9: each needs a seal.</source>
        <translation>在页面上点击所选签署方的盖章位置，一般在最后一页。然后在列表中或按数字键 1–9 选择下一个签署方：每一方都要有印章。</translation>
    </message>
    <message>
        <source>Everything is in place. Review the contract before it is sent.</source>
        <translation>已准备就绪。请先核对合同，再发起。</translation>
    </message>
    <message>
        <source>Follow your contracts here: who has signed, links, QR codes, signed files.</source>
        <translation>在这里跟踪合同：谁已签署、签署链接、二维码和已签文件。</translation>
    </message>
    <message>
        <source>For contracts that are binding you need an account with e签宝.</source>
        <translation>要发起有法律效力的合同，需要 e签宝账号。</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>Places for the seals were found: take all of them, or click where each seal belongs.</source>
        <translation>已识别到签章位置：可全部采用，也可点击页面逐一放置。</translation>
    </message>
    <message>
        <source>Read who signs what, and what it costs. Then send it: the rehearsal stays on this computer.</source>
        <translation>请核对签署方、签署内容和费用，然后发起：演练只在本机进行。</translation>
    </message>
    <message>
        <source>Sample service contract</source>
        <translation>软件实施服务合同（示例）</translation>
    </message>
    <message>
        <source>Use a real account…</source>
        <translation>使用正式账号…</translation>
    </message>
    <message>
        <source>Who signs, and where, was read in the contract: take all of it, then fill in who they are.</source>
        <translation>已从合同中识别签署方和签章位置：请全部采用，然后填写各方信息。</translation>
    </message>
    <message>
        <source>Who signs, and where, was read in the contract: take all of it. For the sample contract two invented parties are ready.</source>
        <translation>已从合同中识别签署方和签章位置：请全部采用。示例合同已备好两个虚构的签署方。</translation>
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
        <source>%n contract(s) could not be downloaded.</source>
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
        <source>Asking the platform…</source>
        <translation>正在查询平台…</translation>
    </message>
    <message>
        <source>Choose one contract: they are corrected one by one.</source>
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
        <source>Handing it to the signers…</source>
        <translation>正在交给签署方…</translation>
    </message>
    <message>
        <source>None of these contracts can still be signed.</source>
        <translation>所选合同均已结束，无需撤回。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Opening the contract for correction…</source>
        <translation>正在取回合同…</translation>
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
        <source>The link of {name} is copied.</source>
        <translation>已复制 {name} 的签署链接。</translation>
    </message>
    <message>
        <source>The signed files are not on this computer yet.</source>
        <translation>已签文件尚未下载到本机。</translation>
    </message>
    <message>
        <source>There is no link: it is nobody&apos;s turn, or the platform returned none.</source>
        <translation>没有可复制的链接：当前无人待签，或平台未提供链接。</translation>
    </message>
    <message>
        <source>There is no signed file.</source>
        <translation>没有已签文件。</translation>
    </message>
    <message>
        <source>There is nothing to download yet: nobody has signed.</source>
        <translation>还没有可下载的文件：尚无人签署。</translation>
    </message>
    <message>
        <source>“{title}” is at its signers.</source>
        <translation>“{title}”已交给签署方。</translation>
    </message>
    <message>
        <source>“{title}” is revoked.</source>
        <translation>“{title}”已撤回。</translation>
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
        <source>Environment</source>
        <translation>签署环境</translation>
    </message>
    <message>
        <source>Excel workbook (*.xlsx);;CSV (*.csv);;JSON for programs (*.json)</source>
        <translation>Excel 工作簿 (*.xlsx);;CSV (*.csv);;供程序使用的 JSON (*.json)</translation>
    </message>
    <message>
        <source>Export contracts</source>
        <translation>导出合同</translation>
    </message>
    <message>
        <source>Flow</source>
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
        <source>Sign until</source>
        <translation>签署截止</translation>
    </message>
    <message>
        <source>Signers</source>
        <translation>签署方</translation>
    </message>
    <message>
        <source>State</source>
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
        <source>&amp;Export these contracts…</source>
        <translation>导出这些合同(&amp;E)…</translation>
    </message>
    <message>
        <source>Any signer</source>
        <translation>全部签署方</translation>
    </message>
    <message>
        <source>Ask about the chosen contract (F5)</source>
        <translation>查询所选合同（F5）</translation>
    </message>
    <message>
        <source>Contracts that were sent</source>
        <translation>已发起的合同</translation>
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
        <source>Contracts you send appear here, with who has signed and what is still open.</source>
        <translation>发起的合同会列在这里，可查看谁已签署、还差什么。</translation>
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
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>No contract is with its signers yet</source>
        <translation>还没有合同送达签署方</translation>
    </message>
    <message>
        <source>No matching contracts</source>
        <translation>没有符合条件的合同</translation>
    </message>
    <message>
        <source>Nothing has been sent yet</source>
        <translation>还没有发起过合同</translation>
    </message>
    <message>
        <source>Prepare a contract</source>
        <translation>准备合同</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search title, name, document, day or flow number</source>
        <translation>搜索标题、姓名、文件、日期或流程编号</translation>
    </message>
    <message>
        <source>Sent at any time</source>
        <translation>全部时间</translation>
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
        <source>Signer</source>
        <translation>签署方</translation>
    </message>
    <message>
        <source>The platform can&apos;t be reached at the moment: what is shown may have changed.</source>
        <translation>暂时无法连接平台：显示的状态可能已有变化。</translation>
    </message>
    <message>
        <source>What stands above has not come to its end: decide or continue there.</source>
        <translation>上方的合同尚未发起完成，请在上方核实或继续。</translation>
    </message>
    <message>
        <source>What was &amp;done on this computer…</source>
        <translation>本机操作记录(&amp;D)…</translation>
    </message>
    <message>
        <source>When it was sent</source>
        <translation>发起时间</translation>
    </message>
</context>
<context>
    <name>FlowTableModel</name>
    <message>
        <source>Contract</source>
        <translation>合同</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>发起时间</translation>
    </message>
    <message>
        <source>Sign until</source>
        <translation>签署截止</translation>
    </message>
    <message>
        <source>Signers</source>
        <translation>签署方</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
</context>
<context>
    <name>FlowTimelineList</name>
    <message numerus="yes">
        <source>%n contract(s) released</source>
        <translation>
            <numerusform>已释放 %n 份合同</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Completed; %n contract(s) used</source>
        <translation>
            <numerusform>全部签署完成；扣减 %n 份合同</numerusform>
        </translation>
    </message>
    <message>
        <source>Prepared at the platform</source>
        <translation>已在平台准备</translation>
    </message>
    <message numerus="yes">
        <source>Sent; %n contract(s) reserved</source>
        <translation>
            <numerusform>已发起；冻结 %n 份合同</numerusform>
        </translation>
    </message>
    <message>
        <source>Sent; somebody else pays</source>
        <translation>已发起；由其他方付费</translation>
    </message>
    <message>
        <source>Sent; {name} pays</source>
        <translation>已发起，由{name}付费</translation>
    </message>
    <message>
        <source>The signature of {signer} failed</source>
        <translation>{signer}签署失败</translation>
    </message>
    <message>
        <source>This platform</source>
        <translation>本平台</translation>
    </message>
    <message>
        <source>{signer} declined</source>
        <translation>{signer} 拒签</translation>
    </message>
    <message>
        <source>{signer} received it</source>
        <translation>{signer} 已收到</translation>
    </message>
    <message>
        <source>{signer} signed</source>
        <translation>{signer} 已签署</translation>
    </message>
    <message>
        <source>{signer}: to be confirmed</source>
        <translation>{signer}：待确认</translation>
    </message>
    <message>
        <source>{state}; {released}</source>
        <translation>{state}；{released}</translation>
    </message>
    <message>
        <source>{text} — “{remark}”</source>
        <translation>{text}：“{remark}”</translation>
    </message>
    <message>
        <source>{text}: {document}</source>
        <translation>{text}：{document}</translation>
    </message>
</context>
<context>
    <name>FlowWords</name>
    <message>
        <source>(forgotten person)</source>
        <translation>（已清除的人）</translation>
    </message>
    <message>
        <source>Forgotten person</source>
        <translation>已清除的人</translation>
    </message>
    <message>
        <source>Paid for by somebody else, not from your package</source>
        <translation>由其他方付费，不占用您的套餐</translation>
    </message>
    <message>
        <source>Paid for by {name}, not from your package</source>
        <translation>由{name}付费，不占用贵方套餐</translation>
    </message>
    <message>
        <source>This platform</source>
        <translation>本平台</translation>
    </message>
    <message>
        <source>Used from the package of {name}, not from yours</source>
        <translation>已从{name}的套餐扣减，不占用贵方套餐</translation>
    </message>
    <message>
        <source>Your turn: everybody has signed. Download the signed files.</source>
        <translation>待您处理：已全部签署，请下载已签文件。</translation>
    </message>
    <message>
        <source>Your turn: nobody has seen it yet. Start signing when it is time.</source>
        <translation>待您处理：签署方尚未看到，请在合适的时间开始签署。</translation>
    </message>
    <message>
        <source>Your turn: the signature of {names} is to be confirmed at the platform.</source>
        <translation>待您处理：{names}的签署待在平台确认。</translation>
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
        <source>declined</source>
        <translation>已拒签</translation>
    </message>
    <message>
        <source>did not sign</source>
        <translation>未签署</translation>
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
        <source>is signing</source>
        <translation>签署中</translation>
    </message>
    <message>
        <source>not shown to anybody yet</source>
        <translation>尚未发给任何人</translation>
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
        <source>signing failed</source>
        <translation>签署失败</translation>
    </message>
    <message>
        <source>to be confirmed</source>
        <translation>待确认</translation>
    </message>
    <message>
        <source>unknown ({code})</source>
        <translation>未知（{code}）</translation>
    </message>
    <message>
        <source>waiting for {names}</source>
        <translation>等待 {names}</translation>
    </message>
    <message>
        <source>{name} pays: their package is reserved when they sign</source>
        <translation>由{name}付费：其签署时冻结其套餐</translation>
    </message>
    <message>
        <source>{name} would have paid: nothing was used</source>
        <translation>原由{name}付费，未扣减</translation>
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
        <source>&amp;Forget for ever</source>
        <translation>永久清除(&amp;F)</translation>
    </message>
    <message>
        <source>A name may be somebody else&apos;s, or a word: what is not ticked stays.</source>
        <translation>姓名可能是他人，也可能只是普通词语；未勾选的预设将保留。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Files that you saved yourself, signed contracts among them, are yours and stay. The platform keeps what it has.</source>
        <translation>您自己保存的文件（包括已下载的签署文件）归您所有，不会被删除。平台上的数据仍由平台保存。</translation>
    </message>
    <message>
        <source>Forget a person</source>
        <translation>清除某人信息</translation>
    </message>
    <message>
        <source>Forget {name}?</source>
        <translation>要清除“{name}”的信息吗？</translation>
    </message>
    <message>
        <source>Forgetting…</source>
        <translation>正在清除…</translation>
    </message>
    <message>
        <source>Looking for presets that tell of this person…</source>
        <translation>正在查找涉及此人的预设…</translation>
    </message>
    <message>
        <source>Name, numbers, account and signing links are removed from everything that this program keeps: contacts, drafts, presets, sent contracts, logs and backups. This can&apos;t be undone.</source>
        <translation>此人的姓名、证件号、手机号、账号和签署链接，将从本程序保存的一切内容中清除：联系人、草稿、预设、已发起的合同、日志和备份。此操作无法撤销。</translation>
    </message>
    <message>
        <source>Other contracts with pages made of images stay; only you can read them: {titles}</source>
        <translation>其他合同中由图片生成的页面无法检索，将予保留，请自行查看：{titles}</translation>
    </message>
    <message>
        <source>Presets that are to go</source>
        <translation>一并删除的预设</translation>
    </message>
    <message>
        <source>The PDFs of these presets tell of the person. Which ones are to go?</source>
        <translation>以下预设的 PDF 中有此人信息。请勾选要一并删除的预设：</translation>
    </message>
    <message>
        <source>{name}: a number of theirs</source>
        <translation>{name}：含其号码</translation>
    </message>
    <message>
        <source>{name}: the same name</source>
        <translation>{name}：含相同姓名</translation>
    </message>
    <message>
        <source>• Sent contracts stay listed, without the name.
• Drafts and presets lose this person and have to be filled in again; a file that is named after the person has to be chosen again.
• Copies of documents that are made out to the person are deleted, and so are pages made of images in contracts with this person or in none.
• The contract that is open is put among the drafts, and its history is lost.</source>
        <translation>• 已发起的合同仍在列表中，只是不再有姓名。
• 草稿和预设中不再有此人，需要重新填写；文件名含此人姓名的文件需要重新选择。
• 正文写有此人信息的文件副本将被删除；此人参与的合同中，以及不再属于任何合同的由图片生成的页面，也一并删除。
• 当前编辑的合同先存为草稿，其编辑历史将丢失。</translation>
    </message>
</context>
<context>
    <name>ForgettingDesk</name>
    <message>
        <source>Files that you saved yourself are where they were.</source>
        <translation>您自己保存的文件仍在原处。</translation>
    </message>
    <message>
        <source>The person is forgotten.</source>
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
        <source>&amp;Receive the platform&apos;s notices on port</source>
        <translation>在此端口接收平台通知(&amp;R)</translation>
    </message>
    <message>
        <source>A negotiated price</source>
        <translation>议定价格</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast, on black</source>
        <translation>高对比度（黑底）</translation>
    </message>
    <message>
        <source>High contrast, on white</source>
        <translation>高对比度（白底）</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Pr&amp;ice list</source>
        <translation>价格档位(&amp;I)</translation>
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
        <source>¥{price} for {count} contracts a year: ¥{each} each</source>
        <translation>每年 {count} 份共 ¥{price}，每份 ¥{each}</translation>
    </message>
</context>
<context>
    <name>GeneralPage</name>
    <message>
        <source> minutes</source>
        <translation> 分钟</translation>
    </message>
    <message>
        <source>&amp;Key at the counter</source>
        <translation>柜台快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Title of the contracts</source>
        <translation>合同标题(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Valid for</source>
        <translation>有效期(&amp;V)</translation>
    </message>
    <message>
        <source>Address &amp;opened after signing</source>
        <translation>签署后跳转地址(&amp;O)</translation>
    </message>
    <message>
        <source>As the platform has it</source>
        <translation>按平台默认</translation>
    </message>
    <message>
        <source>At the counter the customer scans a code; then no message is needed.</source>
        <translation>柜台客户扫码签署，无需发送通知。</translation>
    </message>
    <message>
        <source>F{key} is taken from “{name}”, which has no key then.</source>
        <translation>F{key} 原属“{name}”，保存后该预设不再有快捷键。</translation>
    </message>
    <message>
        <source>Messages cost, and at the counter the customer scans a code anyway.</source>
        <translation>发送通知会产生费用，而柜台客户本就扫码签署。</translation>
    </message>
    <message>
        <source>Send a text &amp;message with the link</source>
        <translation>发送带链接的短信(&amp;M)</translation>
    </message>
    <message>
        <source>Send an &amp;e-mail with the link</source>
        <translation>发送带链接的邮件(&amp;E)</translation>
    </message>
    <message>
        <source>Signers sign one &amp;after the other</source>
        <translation>签署方依次签署(&amp;A)</translation>
    </message>
    <message>
        <source>Signs automatically</source>
        <translation>自动签署</translation>
    </message>
    <message>
        <source>nobody</source>
        <translation>无</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>GhostOverlay</name>
    <message>
        <source>Cross-page seal, proposed. Click to take it</source>
        <translation>建议的骑缝章，点击采用</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>忽略</translation>
    </message>
    <message>
        <source>Enter takes it, Delete dismisses it</source>
        <translation>按 Enter 采用，按 Delete 忽略</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>采用</translation>
    </message>
    <message>
        <source>“{label}” on page {number}. Click to take it</source>
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
        <source>Teller: {name}</source>
        <translation>柜员：{name}</translation>
    </message>
    <message>
        <source>The customer&apos;s screen is blanked</source>
        <translation>客户屏已遮蔽</translation>
    </message>
    <message>
        <source>The customer&apos;s screen is not connected</source>
        <translation>未连接客户屏</translation>
    </message>
    <message>
        <source>The customer&apos;s screen is on</source>
        <translation>客户屏已就绪</translation>
    </message>
</context>
<context>
    <name>HeadingsBar</name>
    <message>
        <source>No heading of this sheet is known. If its first row is somebody&apos;s contract already, say so: as headings it is not sent.</source>
        <translation>未识别出该表格的任何标题。如果首行已是某人的合同，请点右侧按钮：作为标题的首行不会发起。</translation>
    </message>
    <message>
        <source>The first row holds headings</source>
        <translation>首行是标题</translation>
    </message>
    <message>
        <source>The first row is a contract</source>
        <translation>首行是一份合同</translation>
    </message>
    <message>
        <source>The sheet has no headings: its first row is a contract like the others, and the columns were recognized by their contents. Check them.</source>
        <translation>该表格没有标题：首行与其他各行一样作为一份合同，各列按其内容识别。请核对各列。</translation>
    </message>
</context>
<context>
    <name>HeldSend</name>
    <message>
        <source>Ask the signers, or the platform&apos;s support with the evidence, before you send it again. If you cancel, the draft stays as it is.</source>
        <translation>再次发起前，请先询问签署方，或凭留存信息询问平台客服。若取消，草稿会原样保留。</translation>
    </message>
    <message>
        <source>If you cancel, the draft stays as it is. You can also send it again: if the first one did arrive, nobody will ever see it. The platform&apos;s support can tell from the evidence.</source>
        <translation>可以取消，草稿原样保留；也可以重新发起：即使第一份确已到达，也永远不会有人看到。平台客服可凭留存信息查明实情。</translation>
    </message>
    <message>
        <source>It may have gone on there after the copy was made: the contract may be at the platform, and its signers may see it. It was not started from here, so that nobody can get it twice.</source>
        <translation>备份之后它可能已在那台计算机上继续进行：合同可能已在平台上，签署方可能看得到。本机没有发起它，以免任何人收到两份。</translation>
    </message>
    <message>
        <source>The contract may or may not be at the platform. Nobody can see it and nobody was notified: that takes another call, which has not been made. It was not started a second time, so that nobody gets it twice.</source>
        <translation>合同可能已到平台，也可能没有。目前没有人能看到它，也没有通知任何人：那需要另一步操作，而该操作尚未执行。系统没有再次发起，以免有人收到两份。</translation>
    </message>
    <message>
        <source>The contract may or may not be at the platform; if it is, its signers can see it. It was not started a second time, so that nobody can get it twice.</source>
        <translation>合同可能已到平台，也可能没有；若已到达，签署方可以看到它。系统没有再次发起，以免有人收到两份。</translation>
    </message>
    <message>
        <source>This send came from another computer&apos;s copy</source>
        <translation>此次发起来自另一台计算机的备份</translation>
    </message>
    <message>
        <source>We couldn&apos;t confirm that the contract was created</source>
        <translation>未收到平台的发起结果</translation>
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
        <source>At the beginning</source>
        <translation>最初状态</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史记录</translation>
    </message>
    <message>
        <source>Undone; choose it to redo</source>
        <translation>已撤销；选择可重做</translation>
    </message>
</context>
<context>
    <name>ImagesDialog</name>
    <message>
        <source>&amp;Name of the document</source>
        <translation>文件名称(&amp;N)</translation>
    </message>
    <message>
        <source>A&amp;dd images…</source>
        <translation>添加图片(&amp;D)…</translation>
    </message>
    <message>
        <source>Add to the contract</source>
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
        <source>Each image is put on an A4 page. Drag pages into their order, or use the buttons.</source>
        <translation>每张图片占一个 A4 页面。可拖动调整顺序，或使用右侧按钮。</translation>
    </message>
    <message>
        <source>Images ({patterns})</source>
        <translation>图片（{patterns}）</translation>
    </message>
    <message>
        <source>Images to pages</source>
        <translation>图片转为页面</translation>
    </message>
    <message>
        <source>Making the pages…</source>
        <translation>正在生成页面…</translation>
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
        <source>%n entry(s) of the file could not be read.</source>
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
        <source>Columns that are not known are left out: {names}.</source>
        <translation>以下列无法识别，不会导入：{names}。</translation>
    </message>
    <message>
        <source>Contacts of the file</source>
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
        <source>Importing…</source>
        <translation>正在导入…</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>No change</source>
        <translation>无变化</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>Several worksheets hold rows. Which one holds the contacts?</source>
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
        <source>Updated</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Your choice</source>
        <translation>需选择</translation>
    </message>
</context>
<context>
    <name>ImportRows</name>
    <message>
        <source>Added</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>Another row has the same number and says something else.</source>
        <translation>另有一行证件号码相同，但内容不同。</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>不导入</translation>
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
        <source>No change</source>
        <translation>无变化</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Row {row} has the same number but differs. Tick to take this one instead.</source>
        <translation>第 {row} 行证件号码相同，但内容不同。勾选则改用本行。</translation>
    </message>
    <message>
        <source>This number belongs to {name} in Contacts. Tick to keep both.</source>
        <translation>联系人中该证件号码属于{name}。勾选则两者都保留。</translation>
    </message>
    <message>
        <source>Updated</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>What happens</source>
        <translation>处理</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>说明</translation>
    </message>
</context>
<context>
    <name>ImportSheet</name>
    <message>
        <source>&amp;Import</source>
        <translation>导入(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Replace the one that is here</source>
        <translation>替换本机预设(&amp;R)</translation>
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
        <source>F{key} at the counter sends what you choose here.</source>
        <translation>柜台 F{key} 将按此处的选择发起。</translation>
    </message>
    <message>
        <source>Here now</source>
        <translation>本机现有</translation>
    </message>
    <message>
        <source>Import a preset</source>
        <translation>导入预设</translation>
    </message>
    <message>
        <source>Import “{name}”?</source>
        <translation>是否导入“{name}”？</translation>
    </message>
    <message>
        <source>In the file</source>
        <translation>文件中</translation>
    </message>
    <message>
        <source>Keep &amp;both</source>
        <translation>两者都保留(&amp;B)</translation>
    </message>
    <message>
        <source>The file says that {maker} made it on {moment}.</source>
        <translation>文件自称制作人：{maker}，时间：{moment}。</translation>
    </message>
    <message>
        <source>The file says that {maker} made it, and not when.</source>
        <translation>文件自称制作人：{maker}，未注明时间。</translation>
    </message>
    <message>
        <source>These sign every contract automatically: {names}</source>
        <translation>以下各方将自动签署每份合同：{names}</translation>
    </message>
    <message>
        <source>somebody unnamed</source>
        <translation>未署名</translation>
    </message>
    <message>
        <source>“{name}” is here already. Which one is it to be?</source>
        <translation>本机已有“{name}”。请对照后选择。</translation>
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
        <source>“{sheet}” was not sent to its end on {moment}: {sent} of {total} sent.</source>
        <translation>“{sheet}”于 {moment} 未全部发起：共 {total} 份，已发起 {sent} 份。</translation>
    </message>
</context>
<context>
    <name>InterruptedWork</name>
    <message numerus="yes">
        <source>%n send(s) did not come to an end.</source>
        <translation>
            <numerusform>有 %n 份合同尚未发起完成。</numerusform>
        </translation>
    </message>
    <message>
        <source>Continue in Bulk; nobody gets a contract twice.</source>
        <translation>可在“批量”中继续；不会有人收到两份。</translation>
    </message>
    <message>
        <source>Continue or cancel them in Track.</source>
        <translation>请在“跟踪”中继续发起或取消。</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>“{sheet}” was not sent to its end.</source>
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
        <source>F{key}, now: {name}</source>
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
        <source>Alt while dragging</source>
        <translation>拖动时按住 Alt</translation>
    </message>
    <message>
        <source>Back to selecting</source>
        <translation>返回选择工具</translation>
    </message>
    <message>
        <source>Change the signer of the selected seals</source>
        <translation>将所选印章更换为该签署方</translation>
    </message>
    <message>
        <source>Ctrl+wheel</source>
        <translation>Ctrl+滚轮</translation>
    </message>
    <message>
        <source>Do not snap to lines nearby</source>
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
        <source>Move by 1 point, with Shift by 10</source>
        <translation>移动 1 点，按住 Shift 移动 10 点</translation>
    </message>
    <message>
        <source>Move the pages</source>
        <translation>平移页面</translation>
    </message>
    <message>
        <source>Next seal or proposal, with Shift the one before</source>
        <translation>下一处印章或建议，加 Shift 为上一处</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Problem before</source>
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
        <source>Take or dismiss the proposal that Tab led to</source>
        <translation>采用、忽略 Tab 所在的建议</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Zoom at the pointer</source>
        <translation>以指针处为中心缩放</translation>
    </message>
</context>
<context>
    <name>KeywordBar</name>
    <message numerus="yes">
        <source>%n match(es); their places are being read…</source>
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
        <source>Fixed seals where the matches are now; each can be moved or left out.</source>
        <translation>在当前各匹配处放置固定坐标的印章，可逐个移动或取舍。</translation>
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
            <numerusform>确认盖 %n 枚</numerusform>
        </translation>
    </message>
    <message>
        <source>Place as coordinates</source>
        <translation>转为坐标盖章</translation>
    </message>
    <message>
        <source>Place seals</source>
        <translation>确认盖章</translation>
    </message>
    <message>
        <source>Scanned pages were read by machine. The platform finds no text there: the seals become fixed seals. Check them.</source>
        <translation>扫描页的文字由机器识别，平台在这些页上找不到文字，因此印章将成为固定印章，请核对位置。</translation>
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
        <source>Text in the documents</source>
        <translation>文件中的文字</translation>
    </message>
    <message>
        <source>The document spells it “{spelling}”, with other characters than you typed. The platform may find only its spelling.</source>
        <translation>文件的原文为“{spelling}”，与输入的字符不同，平台可能只认文件中的写法。</translation>
    </message>
    <message>
        <source>The platform may take keywords of {count} characters at most.</source>
        <translation>平台的关键字可能最多 {count} 个字符。</translation>
    </message>
    <message>
        <source>The platform stamps every match; with some left out, the others become fixed seals.</source>
        <translation>平台会在每一处匹配盖章；略去部分后，其余将成为固定印章。</translation>
    </message>
    <message>
        <source>Use the document&apos;s spelling</source>
        <translation>改用文件中的写法</translation>
    </message>
    <message>
        <source>{name}, page {page}, says: “{context}”</source>
        <translation>{name} 第 {page} 页的原文为“{context}”</translation>
    </message>
    <message>
        <source>{name}: a scan without text, so no keyword can be found. Place seals by click.</source>
        <translation>{name}：扫描件没有文字层，无法查找关键字，请点击放置印章。</translation>
    </message>
    <message>
        <source>{name}: could not be searched.</source>
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
        <source>p. {page} · read by machine   {context}</source>
        <translation>第 {page} 页 · 机器识别   {context}</translation>
    </message>
</context>
<context>
    <name>LayoutBar</name>
    <message>
        <source>Leave without saving</source>
        <translation>不保存离开</translation>
    </message>
    <message>
        <source>Save to the preset</source>
        <translation>存回预设</translation>
    </message>
    <message>
        <source>You are editing the placement of the preset “{name}”. Customers appear by their role in the contract.</source>
        <translation>正在调整预设“{name}”的印章位置，客户以合同中的称谓显示。</translation>
    </message>
</context>
<context>
    <name>LengthBox</name>
    <message>
        <source>In mm or pt: type the unit behind the number to use the other one</source>
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
        <source>Locked.</source>
        <translation>已锁定。</translation>
    </message>
    <message>
        <source>Locked. Enter the PIN, then press Enter.</source>
        <translation>已锁定，请输入 PIN 码后按回车</translation>
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
        <source>This is not the PIN.</source>
        <translation>PIN 码不正确。</translation>
    </message>
    <message>
        <source>↑ ↓ choose the teller</source>
        <translation>↑ ↓ 选择柜员</translation>
    </message>
</context>
<context>
    <name>MadePane</name>
    <message numerus="yes">
        <source>%n value(s) can&apos;t be read where they belong.</source>
        <translation>
            <numerusform>有 %n 项内容未出现在应有的位置。</numerusform>
        </translation>
    </message>
    <message>
        <source>As it was filled in here</source>
        <translation>在此填写的内容</translation>
    </message>
    <message>
        <source>As the platform made it</source>
        <translation>平台生成的文件</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>It could not be compared.</source>
        <translation>无法比对。</translation>
    </message>
    <message>
        <source>It could not be fetched.</source>
        <translation>无法取得该文件。</translation>
    </message>
    <message>
        <source>It has {count} pages instead of {expected}.</source>
        <translation>共 {count} 页，应为 {expected} 页。</translation>
    </message>
    <message>
        <source>Nobody has seen it yet: continue only if it is right all the same.</source>
        <translation>尚无人看到：确认无误后再继续。</translation>
    </message>
    <message>
        <source>The platform filled it in as you did. Nobody has seen it yet.</source>
        <translation>平台生成的文件与您填写的一致。尚无人看到。</translation>
    </message>
    <message>
        <source>What was filled in</source>
        <translation>填写的内容</translation>
    </message>
    <message>
        <source>as filled in</source>
        <translation>与填写一致</translation>
    </message>
    <message>
        <source>not there</source>
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
        <source>Enter it</source>
        <translation>去输入</translation>
    </message>
    <message>
        <source>If you close now, continue in Bulk the next time.</source>
        <translation>如果现在关闭，下次可在“批量”中继续。</translation>
    </message>
    <message>
        <source>If you close now, continue in Track the next time.</source>
        <translation>若现在关闭，请在下次启动后到“跟踪”中继续发起。</translation>
    </message>
    <message>
        <source>Install the program again. In a checkout, run packaging/strings.py --compile.</source>
        <translation>请重新安装程序；若为源码目录，请运行 packaging/strings.py --compile。</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>Restart now</source>
        <translation>立即重启</translation>
    </message>
    <message>
        <source>Restart when that has ended; until then the language stays as it is.</source>
        <translation>请在结束后再重启；在此之前语言保持不变。</translation>
    </message>
    <message>
        <source>The language takes effect when the program restarts.</source>
        <translation>语言在程序重新启动后生效。</translation>
    </message>
    <message>
        <source>The program can&apos;t restart while something is being sent or the counter is open.</source>
        <translation>正在发起或柜台打开时，程序不能重新启动。</translation>
    </message>
    <message>
        <source>The project&apos;s secret is needed before a contract can be sent.</source>
        <translation>发起合同之前需要输入项目密钥。</translation>
    </message>
    <message>
        <source>The text size takes effect when the program restarts.</source>
        <translation>文字大小将在重新启动程序后生效。</translation>
    </message>
    <message>
        <source>The texts of your language are missing, so the program speaks English.</source>
        <translation>缺少所选语言的文本，程序以英文显示。</translation>
    </message>
    <message>
        <source>Your work is saved, and you come back to where you are now.</source>
        <translation>您的工作会自动保存，重新启动后回到当前位置。</translation>
    </message>
    <message>
        <source>esign-desktop</source>
        <translation>电子签桌面</translation>
    </message>
</context>
<context>
    <name>Managing</name>
    <message>
        <source>Secret of project {project}: </source>
        <translation>项目 {project} 的密钥：</translation>
    </message>
    <message>
        <source>The keyring has the secret of project {project} ({environment}).</source>
        <translation>项目 {project}（{environment}）的密钥已存入系统密钥环。</translation>
    </message>
    <message>
        <source>The ledger knows line {number} of the log otherwise.</source>
        <translation>用量记录中第 {number} 条日志的校验码与现有日志不一致。</translation>
    </message>
    <message>
        <source>{path} can be used. It is in force as {place}.</source>
        <translation>{path} 可以使用。放在 {place} 即生效。</translation>
    </message>
    <message>
        <source>{path} is written. It holds nothing personal and nothing secret.</source>
        <translation>已写入 {path}，其中不含个人信息和密钥。</translation>
    </message>
</context>
<context>
    <name>ManualWindow</name>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Find in the manual</source>
        <translation>在手册中查找</translation>
    </message>
    <message>
        <source>Find in the manual (Enter: next)</source>
        <translation>在手册中查找（回车：下一处）</translation>
    </message>
    <message>
        <source>Manual</source>
        <translation>使用手册</translation>
    </message>
    <message>
        <source>Open in browser</source>
        <translation>在浏览器中打开</translation>
    </message>
    <message>
        <source>Pages of the manual</source>
        <translation>手册目录</translation>
    </message>
    <message>
        <source>The manual is missing: install the program again. In a checkout, run packaging/manual.py.</source>
        <translation>缺少使用手册：请重新安装程序。在源码目录中请运行 packaging/manual.py。</translation>
    </message>
    <message>
        <source>To print it, or in large letters</source>
        <translation>便于打印或放大阅读</translation>
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
        <source>A&amp;rrange</source>
        <translation>排列(&amp;R)</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast, on black</source>
        <translation>高对比度（黑底）</translation>
    </message>
    <message>
        <source>High contrast, on white</source>
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
        <source>F2 changes it, Delete removes it, the Menu key shows what else can be done</source>
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
        <source>Contracts, accounts and organizations of both belong to the one that stays; what it lacks is taken from the other. This can&apos;t be undone.</source>
        <translation>两者的合同、账户和所代表的企业归入保留的联系人，其缺少的信息由另一个补足。合并后不能撤销。</translation>
    </message>
    <message>
        <source>Make one contact of these two?</source>
        <translation>将这两个联系人合并为一个？</translation>
    </message>
    <message>
        <source>Merge two contacts</source>
        <translation>合并联系人</translation>
    </message>
    <message>
        <source>Which account is used from now on? ({environment})</source>
        <translation>今后使用哪个账户？（{environment}）</translation>
    </message>
    <message>
        <source>Which name stays?</source>
        <translation>保留哪个姓名？</translation>
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
        <source>Show the next message</source>
        <translation>查看下一条消息</translation>
    </message>
</context>
<context>
    <name>OfferBar</name>
    <message numerus="yes">
        <source>And %n more difference(s).</source>
        <translation>
            <numerusform>另有 %n 处不同。</numerusform>
        </translation>
    </message>
    <message>
        <source>Matches the preset “{name}”.</source>
        <translation>已识别为预设“{name}”。</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>暂不使用</translation>
    </message>
    <message>
        <source>Use the preset</source>
        <translation>使用预设</translation>
    </message>
</context>
<context>
    <name>OpeningCard</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
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
        <source>email</source>
        <translation>邮件</translation>
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
        <source>Initiated by</source>
        <translation>发起方</translation>
    </message>
    <message>
        <source>Initiator from Contacts…</source>
        <translation>从联系人选择发起方…</translation>
    </message>
    <message>
        <source>Limit archiving</source>
        <translation>限定存档期限</translation>
    </message>
    <message>
        <source>Notify by</source>
        <translation>通知方式</translation>
    </message>
    <message>
        <source>Paid by</source>
        <translation>付费方</translation>
    </message>
    <message>
        <source>Payer from Contacts…</source>
        <translation>从联系人选择付费方…</translation>
    </message>
    <message>
        <source>Return address</source>
        <translation>跳转地址</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>签署方式</translation>
    </message>
    <message>
        <source>Sign within</source>
        <translation>签署期限</translation>
    </message>
    <message>
        <source>Somebody from Contacts…</source>
        <translation>从联系人选择…</translation>
    </message>
    <message>
        <source>This platform account</source>
        <translation>本平台账户</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>合同标题</translation>
    </message>
    <message>
        <source>Who initiates?</source>
        <translation>由谁发起？</translation>
    </message>
    <message>
        <source>Who pays?</source>
        <translation>由谁付费？</translation>
    </message>
    <message>
        <source>a fixed moment</source>
        <translation>指定时间</translation>
    </message>
    <message>
        <source>at</source>
        <translation>截止于</translation>
    </message>
    <message>
        <source>no deadline</source>
        <translation>不限期</translation>
    </message>
    <message>
        <source>opened after signing, optional</source>
        <translation>签署完成后打开，选填</translation>
    </message>
    <message>
        <source>until</source>
        <translation>存档至</translation>
    </message>
</context>
<context>
    <name>OrderRibbon</name>
    <message>
        <source>In any order</source>
        <translation>不分先后</translation>
    </message>
    <message>
        <source>Order of signing</source>
        <translation>签署顺序</translation>
    </message>
    <message>
        <source>Signer {number}: {words}</source>
        <translation>签署方 {number}：{words}</translation>
    </message>
    <message>
        <source>signs automatically</source>
        <translation>自动签署</translation>
    </message>
    <message>
        <source>until {moment}</source>
        <translation>{moment} 截止</translation>
    </message>
    <message>
        <source>within {span}</source>
        <translation>{span}内签署</translation>
    </message>
</context>
<context>
    <name>OrganizationFields</name>
    <message>
        <source>Code</source>
        <translation>证照号</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>Legal representative</source>
        <translation>法定代表人</translation>
    </message>
    <message>
        <source>Name, pinyin, initials or last digits of a contact; or name, code and who acts for it in any order</source>
        <translation>输入联系人的名称、拼音、首字母或尾号；也可按任意顺序输入名称、证照号码和经办人</translation>
    </message>
    <message>
        <source>Organization</source>
        <translation>企业名称</translation>
    </message>
    <message>
        <source>Registration</source>
        <translation>证照类型</translation>
    </message>
    <message>
        <source>Their ID document</source>
        <translation>其证件类型</translation>
    </message>
    <message>
        <source>Their ID number</source>
        <translation>其证件号码</translation>
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
        <source>known to the platform</source>
        <translation>平台已登记</translation>
    </message>
    <message>
        <source>not at the platform yet</source>
        <translation>平台尚无账户</translation>
    </message>
    <message>
        <source>optional</source>
        <translation>选填</translation>
    </message>
</context>
<context>
    <name>OrganizationRules</name>
    <message numerus="yes">
        <source>%n hour(s), for a correction</source>
        <translation>
            <numerusform>%n 小时，供更正时使用</numerusform>
        </translation>
    </message>
    <message>
        <source>Filled-in values are kept</source>
        <translation>填写内容保留</translation>
    </message>
    <message>
        <source>Legally binding contracts</source>
        <translation>有法律效力的合同</translation>
    </message>
    <message>
        <source>Level of the log</source>
        <translation>日志级别</translation>
    </message>
    <message>
        <source>PIN</source>
        <translation>PIN 码</translation>
    </message>
    <message>
        <source>Results are appended to</source>
        <translation>结果追加到</translation>
    </message>
    <message>
        <source>Seal of the audit log</source>
        <translation>操作日志校验值</translation>
    </message>
    <message>
        <source>Shared presets</source>
        <translation>共享预设</translation>
    </message>
    <message>
        <source>Tellers</source>
        <translation>柜员</translation>
    </message>
    <message>
        <source>The counter locks</source>
        <translation>柜台锁定</translation>
    </message>
    <message>
        <source>The system&apos;s log</source>
        <translation>系统日志</translation>
    </message>
    <message numerus="yes">
        <source>after %n minute(s) without use</source>
        <translation>
            <numerusform>无人使用 %n 分钟后</numerusform>
        </translation>
    </message>
    <message>
        <source>are changed by the administrator alone</source>
        <translation>仅由管理员更改</translation>
    </message>
    <message>
        <source>are sent from Review and Bulk with a second teller&apos;s PIN</source>
        <translation>从核对页或批量发起须另一柜员输入 PIN 码</translation>
    </message>
    <message numerus="yes">
        <source>at least %n digit(s)</source>
        <translation>
            <numerusform>至少 %n 位</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OtherSize</name>
    <message>
        <source>&amp;Width of the seal</source>
        <translation>印章宽度(&amp;W)</translation>
    </message>
    <message>
        <source>Another size</source>
        <translation>其他大小</translation>
    </message>
    <message>
        <source>Keep it on the &amp;list</source>
        <translation>保留在列表中(&amp;L)</translation>
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
    <name>OwnPriceField</name>
    <message>
        <source>Contracts in the package</source>
        <translation>套餐份数</translation>
    </message>
    <message>
        <source>Enter both: until then ¥{each} each</source>
        <translation>请填写两项；填写前按每份 ¥{each} 估算</translation>
    </message>
    <message>
        <source>Price of the package in yuan</source>
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
        <source>This page could not be drawn</source>
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
    <name>PagesView</name>
    <message>
        <source>Click to try again</source>
        <translation>点击重试</translation>
    </message>
    <message>
        <source>This page could not be drawn</source>
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
        <source>Look up your reference (thirdId) at the platform</source>
        <translation>在平台按内部编号（thirdId）查找</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>known to the platform</source>
        <translation>平台已登记</translation>
    </message>
</context>
<context>
    <name>PartyForm</name>
    <message>
        <source>Code</source>
        <translation>证照号</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>ID document</source>
        <translation>证件类型</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>Its number</source>
        <translation>证件号码</translation>
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
        <source>Organization&apos;s e-mail</source>
        <translation>企业邮箱</translation>
    </message>
    <message>
        <source>Registration</source>
        <translation>证照类型</translation>
    </message>
    <message>
        <source>Their document</source>
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
        <source>No matching contact.</source>
        <translation>没有匹配的联系人。</translation>
    </message>
</context>
<context>
    <name>PasswordBar</name>
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
        <source>That password does not open “{name}”. Try again:</source>
        <translation>该密码无法打开“{name}”，请重试：</translation>
    </message>
    <message>
        <source>“{name}” is protected. Its password:</source>
        <translation>“{name}”受密码保护，请输入密码：</translation>
    </message>
</context>
<context>
    <name>PeopleForm</name>
    <message>
        <source>&amp;Code</source>
        <translation>证照号码(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Keep these people</source>
        <translation>保存人员(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Organization</source>
        <translation>机构名称(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Person</source>
        <translation>姓名(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Registration</source>
        <translation>证照类型(&amp;R)</translation>
    </message>
    <message>
        <source>Choose who signs for the branch.</source>
        <translation>尚未指定代表网点签署的人员。</translation>
    </message>
    <message>
        <source>ID &amp;document</source>
        <translation>证件类型(&amp;D)</translation>
    </message>
    <message>
        <source>ID n&amp;umber</source>
        <translation>证件号码(&amp;U)</translation>
    </message>
    <message>
        <source>The organization&apos;s name is missing.</source>
        <translation>缺少机构名称。</translation>
    </message>
    <message>
        <source>The person&apos;s name is missing.</source>
        <translation>缺少姓名。</translation>
    </message>
    <message>
        <source>This ID number can&apos;t be right for the kind of document.</source>
        <translation>证件号码与证件类型不符。</translation>
    </message>
    <message>
        <source>This code can&apos;t be right for the kind of registration.</source>
        <translation>证照号码与证照类型不符。</translation>
    </message>
</context>
<context>
    <name>PeopleList</name>
    <message numerus="yes">
        <source>%n more: type a name</source>
        <translation>
            <numerusform>另有 %n 人：请输入姓名查找</numerusform>
        </translation>
    </message>
    <message>
        <source>Accounts that contracts were sent to from here. ID numbers are kept encrypted, if there is a keyring.</source>
        <translation>从本机发起过合同的对象。证件号加密保存，没有密钥环时不保存。</translation>
    </message>
    <message>
        <source>Find a name</source>
        <translation>按姓名查找</translation>
    </message>
    <message>
        <source>Forget this person…</source>
        <translation>清除此人信息…</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>证件号</translation>
    </message>
    <message>
        <source>Last contract</source>
        <translation>最近合同</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>Nobody yet: whoever a contract is sent to stands here.</source>
        <translation>暂无人员：发起合同后，相关人员会列在此处。</translation>
    </message>
    <message>
        <source>People known on this computer</source>
        <translation>本机保存信息的人员</translation>
    </message>
</context>
<context>
    <name>PeoplePage</name>
    <message>
        <source>&amp;Somebody else…</source>
        <translation>更换人员(&amp;S)…</translation>
    </message>
    <message>
        <source>Kin&amp;d</source>
        <translation>类别(&amp;D)</translation>
    </message>
    <message>
        <source>Role in the contra&amp;ct</source>
        <translation>合同中的称谓(&amp;M)</translation>
    </message>
    <message>
        <source>Roles</source>
        <translation>签署角色</translation>
    </message>
    <message>
        <source>S&amp;tep</source>
        <translation>签署顺序(&amp;T)</translation>
    </message>
    <message>
        <source>Signs &amp;automatically</source>
        <translation>自动签署(&amp;A)</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>签署方</translation>
    </message>
    <message>
        <source>{organization}, represented by {name}</source>
        <translation>{organization}，经办人 {name}</translation>
    </message>
</context>
<context>
    <name>PersonFields</name>
    <message>
        <source>E-mail</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>ID document</source>
        <translation>证件类型</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>证件号</translation>
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
        <source>Name, pinyin, initials or last digits of a contact; or name, ID number and mobile in any order</source>
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
        <source>known to the platform</source>
        <translation>平台已登记</translation>
    </message>
    <message>
        <source>not at the platform yet</source>
        <translation>平台尚无账户</translation>
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
        <source>centre {bottom} mm from the bottom</source>
        <translation>中心距下 {bottom} mm</translation>
    </message>
    <message>
        <source>centre {left} mm from the left, {bottom} mm from the bottom</source>
        <translation>中心距左 {left} mm，距下 {bottom} mm</translation>
    </message>
</context>
<context>
    <name>PlacementsModel</name>
    <message>
        <source>Centre
bottom</source>
        <translation>中心
距下</translation>
    </message>
    <message>
        <source>Centre
left</source>
        <translation>中心
距左</translation>
    </message>
    <message>
        <source>Centre from bottom</source>
        <translation>中心距下</translation>
    </message>
    <message>
        <source>Centre from left</source>
        <translation>中心距左</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Offset
{length}</source>
        <translation>偏移
{length}</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页码</translation>
    </message>
    <message>
        <source>Width
{unit}</source>
        <translation>宽
{unit}</translation>
    </message>
</context>
<context>
    <name>PlacementsPanel</name>
    <message>
        <source>&amp;Cross-page seal</source>
        <translation>骑缝章(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Keyword seals…</source>
        <translation>关键字印章(&amp;K)…</translation>
    </message>
    <message>
        <source>&amp;Seal in the middle of this page</source>
        <translation>本页中央的印章(&amp;S)</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Add a placement ({keys})</source>
        <translation>添加印章位置（{keys}）</translation>
    </message>
    <message>
        <source>F2 edits, 1–9 changes the signer</source>
        <translation>F2 编辑，1–9 指定签署方</translation>
    </message>
</context>
<context>
    <name>PlacementsTable</name>
    <message>
        <source>Positions of all seals</source>
        <translation>全部印章位置</translation>
    </message>
</context>
<context>
    <name>PlanCounts</name>
    <message numerus="yes">
        <source>%n seal(s) on {document} p. {pages}</source>
        <translation>
            <numerusform>在《{document}》第 {pages} 页盖 %n 枚章</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seal(s) on {document} p. {pages} at “{keyword}”</source>
        <translation>
            <numerusform>在《{document}》第 {pages} 页“{keyword}”处盖 %n 枚章</numerusform>
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
        <source>After signing, {address} is opened.</source>
        <translation>签署后打开 {address}。</translation>
    </message>
    <message>
        <source>At the same time</source>
        <translation>同时签署</translation>
    </message>
    <message>
        <source>Everybody has to sign by {moment} China time, that is within {span}.</source>
        <translation>所有人须在北京时间 {moment} 前签署，即 {span}内。</translation>
    </message>
    <message>
        <source>In any order</source>
        <translation>不分先后</translation>
    </message>
    <message>
        <source>Pages of tables behind {document}: {count} (at most {most})</source>
        <translation>{document}之后的附表：{count} 页（最多 {most} 页）</translation>
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
        <source>Step {number}, at the same time</source>
        <translation>第 {number} 步 · 同时签署</translation>
    </message>
    <message>
        <source>The platform archives it until {moment}.</source>
        <translation>平台存档至 {moment}。</translation>
    </message>
    <message>
        <source>There is no signing deadline of your own.</source>
        <translation>未设签署期限。</translation>
    </message>
    <message>
        <source>a cross-page seal over pp. {pages} of {document}</source>
        <translation>在《{document}》第 {pages} 页盖骑缝章</translation>
    </message>
    <message>
        <source>a seal at every “{keyword}” in {document}</source>
        <translation>在《{document}》每处“{keyword}”盖章</translation>
    </message>
    <message>
        <source>automatically</source>
        <translation>自动签署</translation>
    </message>
    <message>
        <source>by your QR code or link alone</source>
        <translation>仅凭您出示的二维码或链接</translation>
    </message>
    <message>
        <source>notified by {channels}</source>
        <translation>{channels}通知</translation>
    </message>
    <message>
        <source>places the seal themselves on {document}</source>
        <translation>在《{document}》上自行放置印章</translation>
    </message>
    <message>
        <source>places the seal themselves, on every document</source>
        <translation>自行放置印章，签署全部文件</translation>
    </message>
    <message>
        <source>represented by {name}</source>
        <translation>经办人 {name}</translation>
    </message>
    <message>
        <source>{document} is filled in with: {values}</source>
        <translation>{document}填入：{values}</translation>
    </message>
    <message>
        <source>{field} “{value}”</source>
        <translation>{field}“{value}”</translation>
    </message>
    <message>
        <source>{name} appears as the initiator.</source>
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
        <source>A customer was handed over, but no preset is on key {key}.</source>
        <translation>已收到客户信息，但功能键 {key} 上没有预设。</translation>
    </message>
    <message>
        <source>A customer was handed over, but this program has no counter.</source>
        <translation>收到了传入的客户，但本程序没有柜台。</translation>
    </message>
    <message>
        <source>A folder is named with its whole path, or from ~ on: {value}.</source>
        <translation>文件夹须写完整路径，或以 ~ 开头：{value}。</translation>
    </message>
    <message>
        <source>A teller needs a name.</source>
        <translation>请填写柜员姓名。</translation>
    </message>
    <message>
        <source>Add --user NAME, or --data-dir DIR.</source>
        <translation>请加上 --user 用户名，或 --data-dir 文件夹。</translation>
    </message>
    <message>
        <source>Add a number or the first name.</source>
        <translation>请加上编号或全名。</translation>
    </message>
    <message>
        <source>Add one of: {options}</source>
        <translation>请加上其中一项：{options}</translation>
    </message>
    <message>
        <source>Another teller has this name already.</source>
        <translation>已有同名柜员。</translation>
    </message>
    <message>
        <source>Ask another teller.</source>
        <translation>请另一位柜员复核。</translation>
    </message>
    <message>
        <source>Ask one to enter their PIN.</source>
        <translation>请主管输入 PIN 码。</translation>
    </message>
    <message>
        <source>Ask whoever manages this computer.</source>
        <translation>请联系本机的管理员。</translation>
    </message>
    <message>
        <source>Choose a contract with F2 to F8, and hand the customer over again.</source>
        <translation>请用 F2 至 F8 选择合同，再重新传入客户。</translation>
    </message>
    <message>
        <source>Enter it again.</source>
        <translation>请重新输入。</translation>
    </message>
    <message>
        <source>Enter your PIN, too.</source>
        <translation>请同时输入您的 PIN 码。</translation>
    </message>
    <message>
        <source>Hand it over in one line, as the platform&apos;s console shows it.</source>
        <translation>请按平台控制台所示，用一行传入。</translation>
    </message>
    <message>
        <source>Hand the customer over again from the other program.</source>
        <translation>请在业务系统中重新传入客户。</translation>
    </message>
    <message>
        <source>Hand the customer over at a computer with a counter.</source>
        <translation>请在有柜台的电脑上传入。</translation>
    </message>
    <message>
        <source>It can be one of: {value}.</source>
        <translation>可选值：{value}。</translation>
    </message>
    <message>
        <source>It has the form {form}, with {least} to {most} letters, digits, - or _ as NAME.</source>
        <translation>链接的形式为 {form}，其中 NAME 为 {least} 至 {most} 个字母、数字、- 或 _。</translation>
    </message>
    <message>
        <source>It has to be a file that you may read. Hand the customer over again.</source>
        <translation>请确认这是您有权读取的文件，并重新传入客户。</translation>
    </message>
    <message>
        <source>It has to be of the type {value}.</source>
        <translation>类型须为 {value}。</translation>
    </message>
    <message>
        <source>It has to be within {value}.</source>
        <translation>取值范围为 {value}。</translation>
    </message>
    <message>
        <source>It has to hold {value}.</source>
        <translation>须包含 {value}。</translation>
    </message>
    <message>
        <source>It is larger than {value} KB. Shorten it.</source>
        <translation>文件超过 {value} KB，请精简。</translation>
    </message>
    <message>
        <source>It is no JSON ({value}). Correct it there.</source>
        <translation>不是有效的 JSON（{value}），请改正该处。</translation>
    </message>
    <message>
        <source>It is tried again. Tell whoever manages this computer.</source>
        <translation>稍后会自动重试。请告知本机管理员。</translation>
    </message>
    <message>
        <source>It isn&apos;t known who sends this.</source>
        <translation>尚不知道由谁发起。</translation>
    </message>
    <message>
        <source>It isn&apos;t known whose counter is meant.</source>
        <translation>不清楚是哪位用户的柜台。</translation>
    </message>
    <message>
        <source>It says something about an environment only together with: {value}.</source>
        <translation>须同时设置 {value}，才能指定环境的其他内容。</translation>
    </message>
    <message>
        <source>It was deleted. It has to belong to you, and other users may neither read nor write it.</source>
        <translation>文件已删除。文件须属于您，其他用户不可读写。</translation>
    </message>
    <message>
        <source>Its file was deleted. Hand the customer over again under another name.</source>
        <translation>对应的文件已删除。请换一个名称重新传入。</translation>
    </message>
    <message>
        <source>Look at the counter before you hand the customer over again.</source>
        <translation>请先查看柜台，再决定是否重新传入。</translation>
    </message>
    <message>
        <source>Make somebody else a supervisor first.</source>
        <translation>请先将另一位柜员设为主管。</translation>
    </message>
    <message>
        <source>Name the file that is to be checked.</source>
        <translation>请指明要检查的文件。</translation>
    </message>
    <message>
        <source>No secret came in, or one that can&apos;t be one.</source>
        <translation>未收到密钥，或收到的内容不是密钥。</translation>
    </message>
    <message>
        <source>No teller may answer for this here.</source>
        <translation>没有可以授权的柜员。</translation>
    </message>
    <message>
        <source>Nothing is lost, it is tried again. Tell whoever manages this computer.</source>
        <translation>数据不会丢失，稍后会自动重试。请告知本机管理员。</translation>
    </message>
    <message>
        <source>Only a supervisor changes tellers.</source>
        <translation>只有主管可以更改柜员。</translation>
    </message>
    <message>
        <source>Only the administrator of this computer may do this.</source>
        <translation>只有本机管理员可以执行此操作。</translation>
    </message>
    <message>
        <source>Remove one who doesn&apos;t work here any more.</source>
        <translation>请先移除已离岗的柜员。</translation>
    </message>
    <message>
        <source>Results can&apos;t be written for the other program.</source>
        <translation>合同结果无法写给业务系统。</translation>
    </message>
    <message>
        <source>Run it as the administrator; on Linux and macOS with sudo.</source>
        <translation>请以管理员身份运行；在 Linux 和 macOS 上使用 sudo。</translation>
    </message>
    <message>
        <source>See whether it is on and has paper, then print again.</source>
        <translation>请检查打印机是否开机、是否有纸，再重新打印。</translation>
    </message>
    <message>
        <source>Set by your organization</source>
        <translation>由所在机构统一设置</translation>
    </message>
    <message>
        <source>Settings list their names.</source>
        <translation>姓名见“设置”。</translation>
    </message>
    <message>
        <source>Supervisors add tellers in Settings, the administrator with --add-teller.</source>
        <translation>主管可在“设置”中添加柜员，管理员可使用 --add-teller 添加。</translation>
    </message>
    <message>
        <source>The administrator adds a supervisor again: {command}</source>
        <translation>请管理员重新添加主管：{command}</translation>
    </message>
    <message>
        <source>The administrator adds one: {command}</source>
        <translation>请管理员添加：{command}</translation>
    </message>
    <message>
        <source>The audit log&apos;s seal can&apos;t be sent to the log that your organization named.</source>
        <translation>操作日志的校验值未能写入单位指定的日志。</translation>
    </message>
    <message>
        <source>The customer who was handed over can&apos;t be read, at {place}.</source>
        <translation>传入的客户信息无法读取，位置 {place}。</translation>
    </message>
    <message>
        <source>The customer who was handed over would be read as somebody else.</source>
        <translation>传入的客户信息会被识别为另一个人。</translation>
    </message>
    <message>
        <source>The environment of the project is missing.</source>
        <translation>未指明项目属于哪个环境。</translation>
    </message>
    <message>
        <source>The file of results can&apos;t be written. Nothing is lost, it is tried again.</source>
        <translation>结果文件无法写入。数据不会丢失，程序会继续重试。</translation>
    </message>
    <message>
        <source>The file of this link may have been written by somebody else.</source>
        <translation>此链接的文件可能由他人写入。</translation>
    </message>
    <message>
        <source>The file with the customer can&apos;t be read.</source>
        <translation>客户信息文件无法读取。</translation>
    </message>
    <message>
        <source>The file with the customer is not there.</source>
        <translation>客户信息文件不存在。</translation>
    </message>
    <message>
        <source>The folder of presets that your organization named can&apos;t be read.</source>
        <translation>无法读取单位指定的预设文件夹。</translation>
    </message>
    <message>
        <source>The name in this link has to have {least} to {most} characters.</source>
        <translation>链接中的名称须为 {least} 至 {most} 个字符。</translation>
    </message>
    <message>
        <source>The other program did not finish telling the customer within {seconds} seconds.</source>
        <translation>业务系统未在 {seconds} 秒内传完客户信息。</translation>
    </message>
    <message>
        <source>The policy of this computer can&apos;t be used: {path}, at {place}.</source>
        <translation>本机的管理策略不可用：{path}，位置 {place}。</translation>
    </message>
    <message>
        <source>The printer doesn&apos;t take the pages.</source>
        <translation>打印机未接受页面。</translation>
    </message>
    <message>
        <source>The program that is open did not answer in time.</source>
        <translation>已打开的程序没有及时应答。</translation>
    </message>
    <message>
        <source>There are {most} tellers already.</source>
        <translation>柜员已达 {most} 人。</translation>
    </message>
    <message>
        <source>There is no file {path}.</source>
        <translation>没有文件 {path}。</translation>
    </message>
    <message>
        <source>There is no such setting: {value}. Correct or remove it.</source>
        <translation>没有这个设置项：{value}。请改正或删除。</translation>
    </message>
    <message>
        <source>There is no teller called {name}.</source>
        <translation>没有名为 {name} 的柜员。</translation>
    </message>
    <message>
        <source>This appears twice. Keep one of them.</source>
        <translation>重复出现，请只保留一处。</translation>
    </message>
    <message>
        <source>This has another form than the schema says. Correct it.</source>
        <translation>格式与策略规范不符，请改正。</translation>
    </message>
    <message>
        <source>This is missing: {value}. Add it.</source>
        <translation>缺少 {value}，请补上。</translation>
    </message>
    <message>
        <source>This is not the PIN of {name}.</source>
        <translation>这不是 {name} 的 PIN 码。</translation>
    </message>
    <message>
        <source>This is the last supervisor.</source>
        <translation>这是最后一位主管。</translation>
    </message>
    <message>
        <source>This link names no customer.</source>
        <translation>此链接没有指明客户。</translation>
    </message>
    <message>
        <source>This link was used already, or its file is gone.</source>
        <translation>此链接已使用过，或文件已不存在。</translation>
    </message>
    <message>
        <source>To check it: {command}</source>
        <translation>检查方法：{command}</translation>
    </message>
    <message>
        <source>Type it in.</source>
        <translation>请填写。</translation>
    </message>
    <message>
        <source>Type the customer in, and tell whoever looks after the other program.</source>
        <translation>请手工输入客户信息，并通知业务系统的管理员。</translation>
    </message>
    <message>
        <source>Who sends can&apos;t be the second person.</source>
        <translation>发起人不能兼任复核人。</translation>
    </message>
    <message>
        <source>Who the tellers are can&apos;t be read: nobody is let in.</source>
        <translation>无法读取柜员名单，任何人都不能登录。</translation>
    </message>
    <message>
        <source>Your organization has set this; it can&apos;t be changed here.</source>
        <translation>此项由所在机构统一设置，不能在这里更改。</translation>
    </message>
    <message>
        <source>Your organization has the administrator look after tellers.</source>
        <translation>您的单位规定由管理员维护柜员。</translation>
    </message>
</context>
<context>
    <name>PortField</name>
    <message>
        <source>Port for notices</source>
        <translation>通知端口</translation>
    </message>
</context>
<context>
    <name>PreflightAdvice</name>
    <message>
        <source>Enter the password to see this file; passwords are never saved.</source>
        <translation>输入密码后才能显示此文件；密码不会保存。</translation>
    </message>
    <message>
        <source>Find a keyword</source>
        <translation>查找关键字</translation>
    </message>
    <message>
        <source>Keywords are found there too, but not by the platform, so their seals become fixed seals. Check them: a machine misreads now and then.</source>
        <translation>可在这些页上查找关键字；但平台找不到这些文字，因此印章将成为固定印章。机器识别可能有误，请核对。</translation>
    </message>
    <message>
        <source>Make an upright copy</source>
        <translation>生成摆正副本</translation>
    </message>
    <message>
        <source>Make it a template…</source>
        <translation>制作成模板…</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Or have the pages read by machine, on this computer: keywords are found there then.</source>
        <translation>也可在本机识别页面文字，识别后即可查找关键字。</translation>
    </message>
    <message>
        <source>Page {pages} differs in size from the first page: the slices of a cross-page seal may not meet there. Leave it out of the seal&apos;s pages, or use a group of its own.</source>
        <translation>第 {pages} 页与首页大小不同：骑缝章在此可能对不齐。请将其排除在骑缝章页码之外，或另设一组。</translation>
    </message>
    <message>
        <source>Page {pages} is a picture without text: a keyword can&apos;t be found there, here or at the platform. Place the seals there by click.</source>
        <translation>第 {pages} 页是没有文字的图片：本机与平台都无法在此查找关键字。请在这些页上点击放置印章。</translation>
    </message>
    <message>
        <source>Page {pages} is a picture without text; it was read by machine, on this computer.</source>
        <translation>第 {pages} 页是没有文字的图片，已在本机识别。</translation>
    </message>
    <message>
        <source>Page {pages} is cropped or scaled for display only. The platform may count from the hidden edge. An upright copy looks the same, which is checked page by page, and the seals stay where you see them.</source>
        <translation>第 {pages} 页只是显示时裁剪或缩放，平台可能从隐藏的边缘起算坐标。摆正副本外观不变（逐页核对），印章仍在您看到的位置。</translation>
    </message>
    <message>
        <source>Page {pages} is turned for display only. The platform may place seals as if it were not. An upright copy looks the same, which is checked page by page, and the seals stay where you see them.</source>
        <translation>第 {pages} 页只是显示时旋转，平台可能按未旋转的页面盖章。摆正副本外观不变（逐页核对），印章仍在您看到的位置。</translation>
    </message>
    <message>
        <source>Place a seal by click</source>
        <translation>点击放置印章</translation>
    </message>
    <message>
        <source>Read the pages by machine</source>
        <translation>识别页面文字</translation>
    </message>
    <message>
        <source>Remove from the contract</source>
        <translation>从合同中移除</translation>
    </message>
    <message>
        <source>Replace by another file…</source>
        <translation>换成其他文件…</translation>
    </message>
    <message>
        <source>Save the copy as…</source>
        <translation>副本另存为…</translation>
    </message>
    <message>
        <source>Show page {page}</source>
        <translation>查看第 {page} 页</translation>
    </message>
    <message>
        <source>Some fonts are not embedded in the file, so that each computer uses its own: characters may look different, be wider or narrower, or be missing, and a seal may stand beside its words. Save the file with its fonts embedded (PDF/A does so), and use that one.</source>
        <translation>部分字体未嵌入文件，各台电脑会用自己的字体代替：字形可能不同、变宽变窄或缺失，印章也可能偏离文字。请嵌入字体后重新保存（如另存为 PDF/A），再换用该文件。</translation>
    </message>
    <message>
        <source>Somebody has signed this file digitally. A seal changes the file, so that signature would no longer hold. Send it outside of the contract, or take the version that is not signed yet.</source>
        <translation>此文件已有数字签名。盖章会改动文件，使原签名失效。请另行发送此文件，或改用尚未签名的版本。</translation>
    </message>
    <message>
        <source>The file has {count} form fields. They are sent as they are filled in now. As a template, they can be filled in for each customer.</source>
        <translation>文件含 {count} 个表单域，将按当前填写内容发送。制作成模板后，可为每位客户重新填写。</translation>
    </message>
    <message>
        <source>The file has {size_mb} MB. The platform names no limit, but uploads of more than 40 MB take long and may be refused. Scan in grey at 200 dpi, or save the file in a smaller size, and use that one.</source>
        <translation>文件有 {size_mb} MB。平台未说明上限，但超过 40 MB 上传较慢，也可能被拒收。请用 200 dpi 灰度重新扫描，或压缩后另存，再换用该文件。</translation>
    </message>
    <message>
        <source>The file is damaged. What you see was put together again; the platform may see it otherwise. A copy that is sound looks like what you see, which is checked page by page.</source>
        <translation>文件有损坏，当前显示的是修复后的内容，平台看到的可能不同。可制作一份完好的副本，外观与当前显示一致，并逐页核对。</translation>
    </message>
    <message>
        <source>The file is encrypted, and its password stays here: the platform may not be able to open it, and can&apos;t stamp it then. Take a version without protection.</source>
        <translation>文件已加密，密码只留在本机：平台可能无法打开，也就无法盖章。请改用未加密的版本。</translation>
    </message>
    <message>
        <source>The pages are pictures. There is no text in which a keyword could be found, here or at the platform: place the seals by click.</source>
        <translation>页面都是图片，没有文字可供查找关键字，本机与平台都一样：请点击放置印章。</translation>
    </message>
    <message>
        <source>The pages are pictures; they were read by machine, on this computer.</source>
        <translation>各页均为图片，已在本机识别文字。</translation>
    </message>
    <message>
        <source>The program can read such pages by machine when that part is installed: pip install esign-desktop[ocr]</source>
        <translation>安装文字识别组件后，本程序可识别此类页面：pip install esign-desktop[ocr]</translation>
    </message>
    <message>
        <source>This package comes without the part that reads such pages by machine; an installation by pip can have it.</source>
        <translation>此安装包不含文字识别组件；用 pip 安装的程序可另行加装。</translation>
    </message>
</context>
<context>
    <name>PreflightChips</name>
    <message>
        <source>Already digitally signed: another seal would break that signature.</source>
        <translation>已有数字签名：再次盖章会破坏原有签名。</translation>
    </message>
    <message>
        <source>Fonts are not embedded: the text may look different elsewhere.</source>
        <translation>字体未嵌入：在其他设备上文字显示可能不同。</translation>
    </message>
    <message>
        <source>More than 40 MB: the upload may take long.</source>
        <translation>超过 40 MB：上传可能较慢。</translation>
    </message>
    <message>
        <source>No page has text: keywords can&apos;t be found, place seals by click.</source>
        <translation>所有页面都没有文字层：无法按关键字定位，请点击放置印章。</translation>
    </message>
    <message>
        <source>Protected by encryption: the platform may refuse it.</source>
        <translation>文件受加密保护：平台可能拒收。</translation>
    </message>
    <message>
        <source>Read by machine: seals at a keyword become fixed seals.</source>
        <translation>已识别文字：关键字处的印章将成为固定印章。</translation>
    </message>
    <message>
        <source>Some pages are cropped or scaled: check where the platform put the seals.</source>
        <translation>部分页面被裁剪或缩放：签署后请核对盖章位置。</translation>
    </message>
    <message>
        <source>Some pages are rotated: check where the platform put the seals.</source>
        <translation>部分页面有旋转：签署后请核对盖章位置。</translation>
    </message>
    <message>
        <source>Some pages have no text: keywords can&apos;t be found there.</source>
        <translation>部分页面没有文字层：这些页上无法按关键字定位。</translation>
    </message>
    <message>
        <source>The file has form fields; they are sent as they are filled in now.</source>
        <translation>文件含有表单域，将按当前填写内容发送。</translation>
    </message>
    <message>
        <source>The file was damaged and has been repaired for display: look at every page.</source>
        <translation>文件有损坏，已修复后显示：请逐页核对。</translation>
    </message>
    <message>
        <source>The pages differ in size: slices of a cross-page seal may not meet.</source>
        <translation>页面大小不一：骑缝章各页章块可能无法对齐。</translation>
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
        <source>scan, read</source>
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
        <source>Checking that page {page} of {count} looks the same…</source>
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
        <source>Writing the copy…</source>
        <translation>正在写入副本…</translation>
    </message>
</context>
<context>
    <name>PrepareRoom</name>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Choose PDFs</source>
        <translation>选择 PDF</translation>
    </message>
    <message>
        <source>Choose PDFs or images</source>
        <translation>选择 PDF 或图片</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>签署选项</translation>
    </message>
    <message>
        <source>PDF files (*.pdf)</source>
        <translation>PDF 文件 (*.pdf)</translation>
    </message>
    <message>
        <source>Positions</source>
        <translation>位置列表</translation>
    </message>
    <message>
        <source>Seal</source>
        <translation>印章</translation>
    </message>
</context>
<context>
    <name>PresetCards</name>
    <message numerus="yes">
        <source>%n page(s)</source>
        <translation>
            <numerusform>共 %n 页</numerusform>
        </translation>
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
    <name>PresetController</name>
    <message>
        <source>A preset needs a document and a signer.</source>
        <translation>预设至少需要一份文件和一位签署方。</translation>
    </message>
    <message>
        <source>Prepare the contract as it is to be sent each time, then save it as a preset.</source>
        <translation>请先按每次发起的样子准备好合同，再存为预设。</translation>
    </message>
    <message>
        <source>Show presets</source>
        <translation>查看预设</translation>
    </message>
    <message>
        <source>“{name}” is saved as a preset.</source>
        <translation>“{name}”已存为预设。</translation>
    </message>
</context>
<context>
    <name>PresetEditor</name>
    <message numerus="yes">
        <source>And %n more.</source>
        <translation>
            <numerusform>另有 %n 项。</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Documents ({count})</source>
        <translation>文件（{count}）</translation>
    </message>
    <message>
        <source>Edit placement in Prepare…</source>
        <translation>在“准备”中调整印章位置…</translation>
    </message>
    <message>
        <source>Form fields ({count})</source>
        <translation>表单域（{count}）</translation>
    </message>
    <message>
        <source>General</source>
        <translation>通用</translation>
    </message>
    <message>
        <source>Open it as a contract, with its seals on the pages, and save it back</source>
        <translation>作为合同打开，在页面上调整印章，再存回预设</translation>
    </message>
    <message>
        <source>Preset “{name}”</source>
        <translation>预设“{name}”</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Save or cancel this one first, then edit “{name}”.</source>
        <translation>请先保存或取消当前预设，再编辑“{name}”。</translation>
    </message>
    <message>
        <source>Save preset</source>
        <translation>保存预设</translation>
    </message>
    <message>
        <source>Seals ({count})</source>
        <translation>印章（{count}）</translation>
    </message>
    <message>
        <source>Signers ({count})</source>
        <translation>签署方（{count}）</translation>
    </message>
    <message>
        <source>The changes are not saved. Press again to discard them.</source>
        <translation>修改尚未保存，再按一次即放弃修改。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>PresetKeys</name>
    <message>
        <source>Contracts</source>
        <translation>合同</translation>
    </message>
    <message>
        <source>No contract is on a key yet. Give a preset a key in the main window, or ask whoever manages this computer.</source>
        <translation>还没有合同设置快捷键。请在主窗口为预设设置快捷键，或联系本机管理员。</translation>
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
        <source>Address opened after signing</source>
        <translation>签署后跳转地址</translation>
    </message>
    <message>
        <source>Archived until</source>
        <translation>归档至</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Form fields</source>
        <translation>表单字段</translation>
    </message>
    <message>
        <source>Initiator</source>
        <translation>发起方</translation>
    </message>
    <message>
        <source>Key at the counter</source>
        <translation>柜台快捷键</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
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
        <source>Signed in</source>
        <translation>签署方式</translation>
    </message>
    <message>
        <source>Signs automatically</source>
        <translation>自动签署</translation>
    </message>
    <message>
        <source>Time to sign</source>
        <translation>签署期限</translation>
    </message>
    <message>
        <source>Title of the contracts</source>
        <translation>合同标题</translation>
    </message>
    <message>
        <source>Who signs</source>
        <translation>签署方</translation>
    </message>
    <message>
        <source>as the platform has it</source>
        <translation>按平台规定</translation>
    </message>
    <message>
        <source>the platform account</source>
        <translation>平台账户</translation>
    </message>
    <message>
        <source>until {moment}</source>
        <translation>至 {moment}</translation>
    </message>
    <message>
        <source>{name}: {pages} page(s), PDF {mark}</source>
        <translation>{name}：{pages} 页，PDF {mark}</translation>
    </message>
    <message>
        <source>{name}: {pages} page(s), from template {mark}</source>
        <translation>{name}：{pages} 页，模板 {mark}</translation>
    </message>
    <message>
        <source>{seal}, not found: {count} point(s) instead</source>
        <translation>{seal}，文中没有，改用 {count} 个备用坐标</translation>
    </message>
    <message>
        <source>{seal}, to be looked at before it can be used</source>
        <translation>{seal}，使用前须核对</translation>
    </message>
    <message>
        <source>{seal}, {count} place(s)</source>
        <translation>{seal}，{count} 处</translation>
    </message>
</context>
<context>
    <name>PresetListWindow</name>
    <message numerus="yes">
        <source>%n customer(s) at the counter</source>
        <translation>
            <numerusform>柜台客户 %n 位</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n signer(s) in all</source>
        <translation>
            <numerusform>签署方共 %n 位</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>导入(&amp;I)…</translation>
    </message>
    <message>
        <source>&amp;Key at the counter</source>
        <translation>柜台快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>A preset is a contract that is sent again and again: its pages, who signs, and where.</source>
        <translation>预设是反复发起的合同：保存文件、签署方和印章位置。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>De&amp;lete</source>
        <translation>删除(&amp;L)</translation>
    </message>
    <message>
        <source>Delete permanently?</source>
        <translation>确定永久删除？</translation>
    </message>
    <message>
        <source>Documents: {names}</source>
        <translation>文件：{names}</translation>
    </message>
    <message>
        <source>E&amp;dit…</source>
        <translation>编辑(&amp;D)…</translation>
    </message>
    <message>
        <source>Export the preset</source>
        <translation>导出预设</translation>
    </message>
    <message>
        <source>Exported without ID numbers.</source>
        <translation>已导出，不含任何人的证件号码。</translation>
    </message>
    <message>
        <source>Import a preset</source>
        <translation>导入预设</translation>
    </message>
    <message>
        <source>Import one that you were given…</source>
        <translation>导入他人提供的预设…</translation>
    </message>
    <message>
        <source>Make one of the contract in Prepare</source>
        <translation>用“准备”中的合同新建</translation>
    </message>
    <message>
        <source>Ne&amp;w…</source>
        <translation>新建(&amp;W)…</translation>
    </message>
    <message>
        <source>No presets yet</source>
        <translation>还没有预设</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Save the contract in Prepare as a preset</source>
        <translation>将“准备”中的合同存为预设</translation>
    </message>
    <message>
        <source>The earlier one stays in the list, without a key, until you delete it.</source>
        <translation>原预设仍保留在列表中，但不再占用快捷键，直到您将其删除。</translation>
    </message>
    <message>
        <source>This preset is already here.</source>
        <translation>本机已有完全相同的预设。</translation>
    </message>
    <message>
        <source>{name} (until {day})</source>
        <translation>{name}（{day} 前）</translation>
    </message>
    <message>
        <source>“{name}” is imported.</source>
        <translation>“{name}”已导入。</translation>
    </message>
</context>
<context>
    <name>PresetProblems</name>
    <message>
        <source>Choose who signs for the branch before you use it.</source>
        <translation>需先指明由谁代表网点签署，预设才能使用。</translation>
    </message>
    <message>
        <source>Form field {number} has no name.</source>
        <translation>第 {number} 个表单域缺少名称。</translation>
    </message>
    <message>
        <source>F{key} is for the counter, and this preset has no customer: remove its key.</source>
        <translation>F{key} 用于柜台，而该预设没有客户：请取消其快捷键。</translation>
    </message>
    <message>
        <source>Nobody signs “{document}”.</source>
        <translation>《{document}》无人签署。</translation>
    </message>
    <message>
        <source>Nobody signs: add a customer under People.</source>
        <translation>没有签署方：请在“签署方”页添加客户。</translation>
    </message>
    <message>
        <source>Seal {number} has no keyword.</source>
        <translation>第 {number} 个印章缺少关键字。</translation>
    </message>
    <message>
        <source>Seal {number} is a cross-page seal and needs at least two pages.</source>
        <translation>第 {number} 个印章是骑缝章，至少需要两页。</translation>
    </message>
    <message>
        <source>Seal {number} lies outside of its page.</source>
        <translation>第 {number} 个印章超出了页面。</translation>
    </message>
    <message>
        <source>Seal {number} stands on page {pages}, but the document has {page_count}.</source>
        <translation>第 {number} 个印章位于第 {pages} 页，但文件共 {page_count} 页。</translation>
    </message>
    <message>
        <source>Several customers are called the same: the teller can&apos;t tell who is asked for.</source>
        <translation>多位客户称谓相同：柜员无法分辨要录入的是谁。</translation>
    </message>
    <message>
        <source>The address opened after signing must be a complete http or https address.</source>
        <translation>签署后跳转地址须为完整的 http 或 https 地址。</translation>
    </message>
    <message>
        <source>The form field “{field}” is there twice.</source>
        <translation>表单域“{field}”重复。</translation>
    </message>
    <message>
        <source>The form field “{field}” stays empty.</source>
        <translation>表单域“{field}”将留空。</translation>
    </message>
    <message>
        <source>The form field “{field}” takes a customer&apos;s data, but there is no customer.</source>
        <translation>表单域“{field}”取自客户信息，但没有客户。</translation>
    </message>
    <message>
        <source>The keyword of seal {number} is longer than {most} characters; it may not be taken.</source>
        <translation>第 {number} 枚印章的关键字超过 {most} 个字符，平台可能不接受。</translation>
    </message>
    <message>
        <source>The preset has no name.</source>
        <translation>预设还没有名称。</translation>
    </message>
    <message>
        <source>Without a customer it can be used in Prepare, and not at the counter.</source>
        <translation>没有客户的预设只能在“准备”中使用，不能用于柜台。</translation>
    </message>
    <message>
        <source>“{document}” is made from a template: its id is missing.</source>
        <translation>“{document}”由模板生成：缺少模板编号。</translation>
    </message>
    <message>
        <source>“{field}” is to be one of some choices, and there are none: type them under Form fields.</source>
        <translation>“{field}”的类型为选项，但没有填写选项：请在“表单字段”中填写。</translation>
    </message>
    <message>
        <source>“{keyword}” is not in the document: choose another keyword, or add a point.</source>
        <translation>文件中没有“{keyword}”：请更换关键字，或添加备用坐标。</translation>
    </message>
    <message>
        <source>“{keyword}” occurs {count} times: confirm all of them under Seals.</source>
        <translation>“{keyword}”出现 {count} 次：请在“印章”中勾选确认全部盖章。</translation>
    </message>
    <message>
        <source>“{role}” has no seal anywhere.</source>
        <translation>“{role}”没有任何印章位置。</translation>
    </message>
    <message>
        <source>“{role}” is a person who signs automatically: the platform may refuse that.</source>
        <translation>“{role}”是自动签署的个人，平台可能不接受。</translation>
    </message>
    <message>
        <source>“{role}” signs automatically and so needs a place for the seal.</source>
        <translation>“{role}”自动签署，须指定用印位置。</translation>
    </message>
</context>
<context>
    <name>PresetWords</name>
    <message>
        <source>A number</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>A phone number</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>A resident&apos;s ID number</source>
        <translation>居民身份证号</translation>
    </message>
    <message>
        <source>A tick</source>
        <translation>勾选</translation>
    </message>
    <message>
        <source>Across pages</source>
        <translation>骑缝章</translation>
    </message>
    <message>
        <source>Always the same text</source>
        <translation>固定文字</translation>
    </message>
    <message>
        <source>Amount in capital characters</source>
        <translation>金额（大写）</translation>
    </message>
    <message>
        <source>Amount in digits</source>
        <translation>金额（数字）</translation>
    </message>
    <message>
        <source>Any text</source>
        <translation>任意文本</translation>
    </message>
    <message>
        <source>At a keyword</source>
        <translation>按关键字</translation>
    </message>
    <message>
        <source>At a point</source>
        <translation>按坐标</translation>
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
        <source>Customer</source>
        <translation>客户</translation>
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
        <source>Customer&apos;s name</source>
        <translation>客户姓名</translation>
    </message>
    <message>
        <source>Customer&apos;s phone</source>
        <translation>客户手机号</translation>
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
        <source>One of some choices</source>
        <translation>选项</translation>
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
        <source>The platform</source>
        <translation>平台</translation>
    </message>
    <message>
        <source>The platform, silently</source>
        <translation>平台，自动签署</translation>
    </message>
    <message>
        <source>Today&apos;s date</source>
        <translation>当天日期</translation>
    </message>
    <message>
        <source>Typed in at the counter, as an amount</source>
        <translation>柜台录入，如金额</translation>
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
        <source>A page of the cross-page seal is rotated; its slice may stand at another edge.</source>
        <translation>骑缝章所在页面有旋转，章块可能落在其他边缘。</translation>
    </message>
    <message>
        <source>A quarter of the package or less is left.</source>
        <translation>套餐余量已不足 25%。</translation>
    </message>
    <message>
        <source>A seal belongs to a document or signer that is gone: remove it.</source>
        <translation>有印章所属的文件或签署方已不存在：请移除该印章。</translation>
    </message>
    <message>
        <source>A seal crosses the edge of page {page} and would be cut off.</source>
        <translation>有印章超出第 {page} 页边缘，会被截断。</translation>
    </message>
    <message>
        <source>A seal is meant for pages {pages}, but the document ends at page {page_count}.</source>
        <translation>有印章指定在第 {pages} 页，但文件只有 {page_count} 页。</translation>
    </message>
    <message>
        <source>A seal lies mostly outside of page {page}: move it.</source>
        <translation>有印章大部分在第 {page} 页之外：请移动它。</translation>
    </message>
    <message>
        <source>A tenth of the package or less is left.</source>
        <translation>套餐余量已不足 10%。</translation>
    </message>
    <message>
        <source>Archiving would end before the signing deadline: choose a later date.</source>
        <translation>存档截止时间早于签署截止时间：请选择更晚的日期。</translation>
    </message>
    <message>
        <source>As counted here, the package is used up: the platform will refuse this contract.</source>
        <translation>按本机统计，套餐已用完，平台将拒绝发起本合同。</translation>
    </message>
    <message>
        <source>As counted here, {left} contract(s) are left and {count} are needed: the platform will refuse this.</source>
        <translation>按本机统计，套餐仅剩 {left} 份，本合同需要 {count} 份，平台将拒绝发起。</translation>
    </message>
    <message>
        <source>Nobody is notified by the platform: show the QR code or pass on the link yourself.</source>
        <translation>平台不会通知任何人：请出示二维码或自行转发签署链接。</translation>
    </message>
    <message>
        <source>Nobody signs “{name}”: place a seal on it or remove it.</source>
        <translation>没有人签署“{name}”：请在其上放置印章，或将其移除。</translation>
    </message>
    <message>
        <source>Nothing is filled into the form “{name}”, and an empty one must not replace the contract that is corrected: fill it in below the document.</source>
        <translation>表单“{name}”尚未填写，空白表单不能替换被更正的合同：请在文件下方填写。</translation>
    </message>
    <message>
        <source>Nothing is filled into the form “{name}”: it goes out as the template has it.</source>
        <translation>表单《{name}》未填写任何内容，将按模板原样发出。</translation>
    </message>
    <message>
        <source>Over {count} pages, each slice of the cross-page seal is only {slice_mm} mm wide: choose fewer pages.</source>
        <translation>骑缝章分到 {count} 页，每页仅 {slice_mm} 毫米宽：请减少页数。</translation>
    </message>
    <message>
        <source>Page {page} is rotated or cropped; the platform may put the seal elsewhere. Check the signed file.</source>
        <translation>第 {page} 页被旋转或裁剪，平台盖章位置可能不同。请核对签署后的文件。</translation>
    </message>
    <message>
        <source>Page {page} spells “{keyword}” as “{text}”; the platform may not find it. Use that spelling or coordinates.</source>
        <translation>第 {page} 页的原文为“{text}”，与“{keyword}”不同，平台可能找不到。请改用文件中的写法或坐标定位。</translation>
    </message>
    <message>
        <source>Signer {number} has no name.</source>
        <translation>签署方 {number} 没有名称。</translation>
    </message>
    <message>
        <source>Signer {number} has no place to sign: they will sign every document and place the seal themselves.</source>
        <translation>签署方 {number} 未指定签署位置：将由其签署全部文件并自行放置印章。</translation>
    </message>
    <message>
        <source>Signer {number} is a person who signs automatically; the platform may require an authorization.</source>
        <translation>签署方 {number} 是自动签署的个人，平台可能要求先行授权。</translation>
    </message>
    <message>
        <source>Signer {number} is entered twice: give all the seals to one entry and remove the other.</source>
        <translation>签署方 {number} 重复：请将印章归到其中一个，并移除另一个。</translation>
    </message>
    <message>
        <source>Signer {number} is to be notified by SMS but has no mobile number.</source>
        <translation>签署方 {number} 需短信通知，但没有手机号。</translation>
    </message>
    <message>
        <source>Signer {number} is to be notified by e-mail but has no address.</source>
        <translation>签署方 {number} 需邮件通知，但没有邮箱。</translation>
    </message>
    <message>
        <source>Signer {number} signs automatically and so needs a place for the seal.</source>
        <translation>签署方 {number} 为自动签署，必须指定盖章位置。</translation>
    </message>
    <message>
        <source>Signer {number} signs none of the documents: place a seal of theirs, or let them place it themselves.</source>
        <translation>签署方 {number} 不签署任何文件：请为其放置印章，或由其自行放置。</translation>
    </message>
    <message>
        <source>Signer {number}: our seal can be used by one signer only.</source>
        <translation>签署方 {number}：本平台印章只能由一个签署方使用。</translation>
    </message>
    <message>
        <source>Signer {number}: the ID number is missing.</source>
        <translation>签署方 {number}：缺少证件号。</translation>
    </message>
    <message>
        <source>Signer {number}: the ID number is not valid; check it for a typing mistake.</source>
        <translation>签署方 {number}：证件号无效，请检查是否输错。</translation>
    </message>
    <message>
        <source>Signer {number}: the number of a residence permit from Hong Kong, Macao or Taiwan, for which the platform has no kind. It goes as an identity card; if that is refused, choose the travel permit.</source>
        <translation>签署方 {number}：这是港澳台居民居住证的号码，平台没有对应的证件类型。将按居民身份证提交；若被拒绝，请改选来往内地（大陆）通行证。</translation>
    </message>
    <message>
        <source>Signer {number}: the organization&apos;s registration code is missing.</source>
        <translation>签署方 {number}：缺少企业证照号。</translation>
    </message>
    <message>
        <source>Signer {number}: the person who acts for the organization has no name.</source>
        <translation>签署方 {number}：企业经办人没有姓名。</translation>
    </message>
    <message>
        <source>Signer {number}: the registration code is not valid; check it for a typing mistake.</source>
        <translation>签署方 {number}：证照号无效，请检查是否输错。</translation>
    </message>
    <message>
        <source>Signer {number}: this does not look like a mobile number.</source>
        <translation>签署方 {number}：手机号格式不对。</translation>
    </message>
    <message>
        <source>Signer {number}: this does not look like an e-mail address.</source>
        <translation>签署方 {number}：邮箱格式不对。</translation>
    </message>
    <message>
        <source>Signer {number}: your reference is longer than 50 bytes.</source>
        <translation>签署方 {number}：内部编号超过 50 个字节。</translation>
    </message>
    <message>
        <source>The QR mark has no effect on a seal that stands on several pages.</source>
        <translation>多页印章上的二维码标识无效。</translation>
    </message>
    <message>
        <source>The contract has no title.</source>
        <translation>合同还没有标题。</translation>
    </message>
    <message>
        <source>The form “{name}” still lacks {count} value(s): {fields}. Fill them in below the document.</source>
        <translation>表单《{name}》尚缺 {count} 项：{fields}。请在左侧文件下方填写。</translation>
    </message>
    <message>
        <source>The initiator is no longer among the signers: choose another.</source>
        <translation>发起方已不在签署方之列：请另选。</translation>
    </message>
    <message>
        <source>The keyword “{keyword}” is longer than 30 characters; the platform may not take it.</source>
        <translation>关键字“{keyword}”超过 30 个字符，平台可能不接受。</translation>
    </message>
    <message>
        <source>The name “{name}” is very long; the platform may shorten it.</source>
        <translation>名称“{name}”过长，平台可能会截断。</translation>
    </message>
    <message>
        <source>The package ends within 15 days.</source>
        <translation>套餐将在 15 天内到期。</translation>
    </message>
    <message>
        <source>The package ends within 30 days.</source>
        <translation>套餐将在 30 天内到期。</translation>
    </message>
    <message>
        <source>The package has ended: the platform will refuse this contract.</source>
        <translation>套餐已到期，平台将拒绝发起本合同。</translation>
    </message>
    <message>
        <source>The pages of the cross-page seal differ in size; the slices may not meet.</source>
        <translation>骑缝章所在页面大小不一，各页章块可能无法对齐。</translation>
    </message>
    <message>
        <source>The payer is no longer among the signers: choose another.</source>
        <translation>付费方已不在签署方之列：请另选。</translation>
    </message>
    <message>
        <source>The platform doesn&apos;t know the initiator in this environment: choose them again.</source>
        <translation>发起方在当前环境尚无平台账户，请重新选择。</translation>
    </message>
    <message>
        <source>The platform doesn&apos;t know the payer in this environment: choose them again.</source>
        <translation>付费方在当前环境尚无平台账户，请重新选择。</translation>
    </message>
    <message>
        <source>The return address must be a complete http or https address.</source>
        <translation>跳转地址必须是完整的 http 或 https 地址。</translation>
    </message>
    <message>
        <source>The signing deadline has already passed: choose a later one.</source>
        <translation>签署截止时间已过：请选择更晚的时间。</translation>
    </message>
    <message>
        <source>The tables of “{name}” would add {count} pages, and the platform takes {most} at most: shorten them.</source>
        <translation>“{name}”的附表将增加 {count} 页，平台最多接受 {most} 页：请缩短附表。</translation>
    </message>
    <message>
        <source>The words beside a seal on page {page} were not found in the new version: move the seal, or confirm it.</source>
        <translation>新版本中找不到第 {page} 页一枚印章旁的文字：请移动印章，或确认其位置。</translation>
    </message>
    <message>
        <source>There is no document yet: add the PDF to be signed.</source>
        <translation>还没有文件：请添加待签署的 PDF。</translation>
    </message>
    <message>
        <source>There is no signer yet: add who is to sign.</source>
        <translation>尚无签署方：请添加签署方。</translation>
    </message>
    <message>
        <source>Two seals overlap on page {page}.</source>
        <translation>第 {page} 页有两枚印章重叠。</translation>
    </message>
    <message>
        <source>What the form “{name}” was filled with is not known here, and an empty one must not replace the contract that is corrected: revoke that one in Track, and start a new contract from the preset.</source>
        <translation>本机无法得知表单“{name}”原先填写了什么，空白表单不能替换被更正的合同：请在“跟踪”中撤回该合同，再从预设新建合同。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” does not look like a mobile number.</source>
        <translation>“{name}”的“{field}”不像是手机号。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” has to be a date that exists, such as 2026-03-09.</source>
        <translation>“{name}”的“{field}”须为真实存在的日期，例如 2026-03-09。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” has to be a number.</source>
        <translation>“{name}”的“{field}”须为数字。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” has to be an amount in yuan, such as 12,000.50.</source>
        <translation>“{name}”的“{field}”须为以元计的金额，例如 12,000.50。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” has to be one of: {choices}.</source>
        <translation>“{name}”的“{field}”须为下列选项之一：{choices}。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” is a tick, or stays empty.</source>
        <translation>“{name}”的“{field}”只能勾选或留空。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” is far too long for its field and will be cut off.</source>
        <translation>“{name}”的“{field}”过长，将无法完整显示。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” is long for its field: it will be {size_pt} pt small instead of {usual_pt} pt.</source>
        <translation>“{name}”的“{field}”超出填写区域：字号将由 {usual_pt} pt 缩小为 {size_pt} pt。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” is no valid ID number; check it for a typing mistake.</source>
        <translation>“{name}”的“{field}”不是有效的身份证号，请检查是否输错。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” may have {most} characters at most.</source>
        <translation>“{name}”的“{field}”最多 {most} 个字。</translation>
    </message>
    <message>
        <source>“{field}” in “{name}” will stand in {count} lines.</source>
        <translation>“{name}”的“{field}”将分 {count} 行显示。</translation>
    </message>
    <message>
        <source>“{keyword}” does not occur in “{name}”: no seal would be placed.</source>
        <translation>“{name}”中没有“{keyword}”：不会盖任何章。</translation>
    </message>
    <message>
        <source>“{keyword}” does not occur in “{name}”; page {pages} is a scan without text: place the seal there by click.</source>
        <translation>“{name}”中没有“{keyword}”；第 {pages} 页是没有文字层的扫描页，请在该页点击放置印章。</translation>
    </message>
    <message>
        <source>“{keyword}” is still being searched for.</source>
        <translation>正在查找“{keyword}”。</translation>
    </message>
    <message>
        <source>“{keyword}” occurs {count} times in “{name}”: {count} seals will be placed. Please confirm.</source>
        <translation>“{keyword}”在“{name}”中出现 {count} 处，将盖 {count} 枚章。请确认。</translation>
    </message>
    <message>
        <source>“{name}” has {size_mb} MB; the upload may take long.</source>
        <translation>“{name}”大小为 {size_mb} MB，上传可能较慢。</translation>
    </message>
    <message>
        <source>“{name}” is a scan without text, so “{keyword}” can&apos;t be found: place the seal by click.</source>
        <translation>“{name}”是没有文字层的扫描件，无法查找“{keyword}”：请点击页面放置印章。</translation>
    </message>
    <message>
        <source>“{name}” is already digitally signed; stamping it would break that signature.</source>
        <translation>“{name}”已有数字签名；再次盖章会破坏原有签名。</translation>
    </message>
    <message>
        <source>“{name}” is encrypted; the platform may refuse it. Save an unprotected copy if you may.</source>
        <translation>“{name}”已加密，平台可能拒收。如有权限，请另存为未加密的副本。</translation>
    </message>
    <message>
        <source>“{name}” was damaged and has been repaired for display; look at every page before sending.</source>
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
        <source>Add a document</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Add a signer</source>
        <translation>添加签署方</translation>
    </message>
    <message>
        <source>Check the documents</source>
        <translation>检查文件</translation>
    </message>
    <message>
        <source>Check the form</source>
        <translation>检查表单</translation>
    </message>
    <message>
        <source>Check the keyword</source>
        <translation>检查关键字</translation>
    </message>
    <message>
        <source>Check the seals</source>
        <translation>检查印章</translation>
    </message>
    <message>
        <source>Complete signer {number}</source>
        <translation>完善签署方 {number}</translation>
    </message>
    <message>
        <source>Complete the options</source>
        <translation>完善签署选项</translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation>Ctrl+Enter</translation>
    </message>
    <message>
        <source>Everything is in place. Review before it is sent.</source>
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
        <source>Review and send — somebody else pays</source>
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
            <numerusform>%n 处，第 {pages} 页</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seal(s) selected</source>
        <translation>
            <numerusform>已选 %n 枚印章</numerusform>
        </translation>
    </message>
    <message>
        <source>All but the cover</source>
        <translation>除封面外全部</translation>
    </message>
    <message>
        <source>All pages</source>
        <translation>全部页</translation>
    </message>
    <message>
        <source>Centre from bottom</source>
        <translation>中心距下</translation>
    </message>
    <message>
        <source>Centre from left</source>
        <translation>中心距左</translation>
    </message>
    <message>
        <source>Choose pages by a rule</source>
        <translation>按规则选页</translation>
    </message>
    <message>
        <source>Convert to coordinates</source>
        <translation>转为坐标</translation>
    </message>
    <message>
        <source>Convert to coordinates and select the chosen match</source>
        <translation>转为坐标，并选中所选的一处</translation>
    </message>
    <message>
        <source>Copy to pages…</source>
        <translation>复制到其他页…</translation>
    </message>
    <message>
        <source>Even pages</source>
        <translation>偶数页</translation>
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
        <source>Keep this size on the list</source>
        <translation>将此大小保留在列表</translation>
    </message>
    <message>
        <source>Keyword</source>
        <translation>关键字</translation>
    </message>
    <message>
        <source>Move one separately</source>
        <translation>单独移动一枚</translation>
    </message>
    <message>
        <source>Odd pages (fronts of sheets)</source>
        <translation>奇数页（纸张正面）</translation>
    </message>
    <message>
        <source>Odd pages but the cover</source>
        <translation>除封面外奇数页</translation>
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
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Replace the keyword by one movable seal at each ticked match</source>
        <translation>将关键字替换为每个勾选处一枚可移动的印章</translation>
    </message>
    <message>
        <source>Select a seal on the page or in the list to see and change its properties.</source>
        <translation>在页面或列表中选择一枚印章，即可查看和修改其属性。</translation>
    </message>
    <message>
        <source>Several seals, each over so few pages that its slices can be seen</source>
        <translation>分成多枚，每枚跨较少页，使章块清晰可见</translation>
    </message>
    <message>
        <source>Signer</source>
        <translation>签署方</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Take this size off the list</source>
        <translation>从列表移除此大小</translation>
    </message>
    <message>
        <source>The position is right on this version</source>
        <translation>在新版本上位置无误</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Unit of all lengths here</source>
        <translation>此处所有长度的单位</translation>
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
        <source>With a QR mark beside the seal</source>
        <translation>印章旁加二维码标识</translation>
    </message>
    <message numerus="yes">
        <source>Yes, place %n seal(s)</source>
        <translation>
            <numerusform>确认盖 %n 枚章</numerusform>
        </translation>
    </message>
    <message>
        <source>e.g. 1-3,5</source>
        <translation>如 1-3,5</translation>
    </message>
    <message>
        <source>not found: no seal would be placed</source>
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
        <source>%n place(s)</source>
        <translation>
            <numerusform>%n 处签章位置</numerusform>
        </translation>
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
        <source>Not now (Esc)</source>
        <translation>暂不采用 (Esc)</translation>
    </message>
    <message>
        <source>Take all (Enter)</source>
        <translation>全部采用 (Enter)</translation>
    </message>
    <message>
        <source>With &amp;cross-page seal</source>
        <translation>含骑缝章(&amp;C)</translation>
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
    <name>ProposalDesk</name>
    <message>
        <source>No further signers or places were found in “{name}”.</source>
        <translation>未在“{name}”中识别到更多签署方或签章位置。</translation>
    </message>
    <message>
        <source>Proposal dismissed, {left} left. “Find signers and places” brings it back.</source>
        <translation>已忽略该处建议，还剩 {left} 处。点击“识别签署方和签章位置”可恢复。</translation>
    </message>
</context>
<context>
    <name>QrCard</name>
    <message>
        <source>Completed</source>
        <translation>已全部签署</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>复制链接</translation>
    </message>
    <message>
        <source>Ended: somebody declined, or a signature failed</source>
        <translation>已终止：有人拒签，或签名失败</translation>
    </message>
    <message>
        <source>Expired</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>Open in browser</source>
        <translation>在浏览器中打开</translation>
    </message>
    <message>
        <source>PNG picture (*.png)</source>
        <translation>PNG 图片 (*.png)</translation>
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
        <source>Save picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>Save the code as a picture</source>
        <translation>将二维码保存为图片</translation>
    </message>
    <message>
        <source>Signing code for {name}</source>
        <translation>{name} 的签署二维码</translation>
    </message>
    <message>
        <source>The code is no longer valid.</source>
        <translation>二维码已失效。</translation>
    </message>
    <message>
        <source>The link is on the clipboard: it is as good as a key, pass it on with care.</source>
        <translation>链接已复制：持有链接即可签署，请谨慎转发。</translation>
    </message>
    <message>
        <source>The picture could not be written there.</source>
        <translation>无法将图片写入该位置。</translation>
    </message>
    <message>
        <source>The platform can&apos;t be reached at the moment; the code stays valid.</source>
        <translation>暂时无法连接平台；二维码仍然有效。</translation>
    </message>
    <message>
        <source>The platform reaches them at {address}</source>
        <translation>平台联系方式：{address}</translation>
    </message>
    <message>
        <source>The platform returned no link here; it notifies the signer itself.</source>
        <translation>平台未返回签署链接，将自行通知该签署方。</translation>
    </message>
    <message>
        <source>The signature of {name} failed</source>
        <translation>{name} 签署失败</translation>
    </message>
    <message>
        <source>The signing deadline has passed.</source>
        <translation>已过签署截止时间。</translation>
    </message>
    <message>
        <source>There is no code for this signer</source>
        <translation>该签署方没有二维码</translation>
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
        <source>Signing code</source>
        <translation>签署二维码</translation>
    </message>
</context>
<context>
    <name>QuotaDialog</name>
    <message numerus="yes">
        <source>%n day(s) to go</source>
        <translation>
            <numerusform>还有 %n 天到期</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Count from now on</source>
        <translation>从现在起计(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Left, as the platform&apos;s page says</source>
        <translation>平台页面显示的剩余份数(&amp;L)</translation>
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
        <source>An estimate of this computer: what other computers send, and what signers pay, is not known here.</source>
        <translation>此为本机估算：其他电脑的发起量、由签署方付费的合同，本机均不掌握。</translation>
    </message>
    <message>
        <source>Contracts in the &amp;package</source>
        <translation>套餐总份数(&amp;P)</translation>
    </message>
    <message>
        <source>Contracts used and left</source>
        <translation>合同用量与余量</translation>
    </message>
    <message>
        <source>How many are left? Enter what the platform&apos;s own page says.</source>
        <translation>还剩多少份？请填入平台页面显示的数字。</translation>
    </message>
    <message>
        <source>Reserved {reserved} · used {used} · released {released}</source>
        <translation>冻结 {reserved} · 扣减 {used} · 释放 {released}</translation>
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
        <source>A quarter of the package or less is left.</source>
        <translation>套餐余量已不足 25%。</translation>
    </message>
    <message>
        <source>A tenth of the package or less is left.</source>
        <translation>套餐余量已不足 10%。</translation>
    </message>
    <message>
        <source>About {left} of {total} contracts left</source>
        <translation>套餐约剩 {left} / {total} 份</translation>
    </message>
    <message>
        <source>Package ended</source>
        <translation>套餐已到期</translation>
    </message>
    <message>
        <source>Package ends on {day}</source>
        <translation>套餐 {day} 到期</translation>
    </message>
    <message>
        <source>Package used up</source>
        <translation>套餐已用完</translation>
    </message>
    <message>
        <source>The package ends within 15 days.</source>
        <translation>套餐将在 15 天内到期。</translation>
    </message>
    <message>
        <source>The package ends within 30 days.</source>
        <translation>套餐将在 30 天内到期。</translation>
    </message>
    <message>
        <source>The package has ended: the platform refuses contracts.</source>
        <translation>套餐已到期，平台将拒绝发起合同。</translation>
    </message>
    <message>
        <source>The package is used up: the platform refuses contracts.</source>
        <translation>套餐已用完，平台将拒绝发起合同。</translation>
    </message>
</context>
<context>
    <name>Rail</name>
    <message>
        <source>Rooms</source>
        <translation>功能区</translation>
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
    <message>
        <source>The sheet is being read</source>
        <translation>正在读取表格</translation>
    </message>
</context>
<context>
    <name>Rebuilding</name>
    <message>
        <source>Flows restored: {flows}, with {links} signing links. Already there: {known}.</source>
        <translation>已恢复签署流程 {flows} 个，签署链接 {links} 个；原本就在的 {known} 个。</translation>
    </message>
    <message>
        <source>There is no usable copy from before the upgrade.</source>
        <translation>本机没有可用的升级前副本。</translation>
    </message>
    <message>
        <source>To start with it: {option}</source>
        <translation>使用该副本启动：{option}</translation>
    </message>
</context>
<context>
    <name>RehearsalPanel</name>
    <message numerus="yes">
        <source>%n seal(s) are not where you placed them.</source>
        <translation>
            <numerusform>有 %n 枚印章不在所设位置。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stamp(s) stand where you placed none.</source>
        <translation>
            <numerusform>有 %n 处多出的印章，不是您放置的。</numerusform>
        </translation>
    </message>
    <message>
        <source>A stamp that nobody placed</source>
        <translation>未放置的印章</translation>
    </message>
    <message numerus="yes">
        <source>All %n seal(s) are where you placed them.</source>
        <translation>
            <numerusform>%n 枚印章均在所设位置。</numerusform>
        </translation>
    </message>
    <message>
        <source>Back to the contract</source>
        <translation>返回合同</translation>
    </message>
    <message>
        <source>Back to the review</source>
        <translation>返回核对</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Everybody can sign.</source>
        <translation>各签署方均可签署。</translation>
    </message>
    <message>
        <source>Everybody signs…</source>
        <translation>各签署方正在演练签署…</translation>
    </message>
    <message>
        <source>Looking for each seal on the stamped pages…</source>
        <translation>正在逐一核对盖章位置…</translation>
    </message>
    <message>
        <source>Nothing is sent until you press “Send now” in the review.</source>
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
        <source>Seals</source>
        <translation>印章</translation>
    </message>
    <message>
        <source>Send for real…</source>
        <translation>正式发起…</translation>
    </message>
    <message>
        <source>Sending the contract there…</source>
        <translation>正在向演练平台发起合同…</translation>
    </message>
    <message>
        <source>Starting a platform on this computer…</source>
        <translation>正在本机启动演练平台…</translation>
    </message>
    <message>
        <source>The stamped documents</source>
        <translation>盖章后的文件</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Who places the seal themselves has it at the foot of the last page here.</source>
        <translation>自行选择位置的签署方，演练中盖在最后一页下方。</translation>
    </message>
    <message>
        <source>in its place</source>
        <translation>位置正确</translation>
    </message>
    <message>
        <source>not in its place</source>
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
    <name>ReplacedProgram</name>
    <message>
        <source>Close it and start it again before the next send. Drafts are saved, and a send that is under way is taken up where it stopped.</source>
        <translation>请关闭后重新启动，再进行下一次发起。草稿已保存，正在进行的发起会从中断处继续。</translation>
    </message>
    <message>
        <source>This program was replaced on this computer while it was open.</source>
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
        <source>You can keep working. Please send this text to support; it holds no personal data.</source>
        <translation>您可以继续工作。请将以下文本发给技术支持，其中不含个人信息。</translation>
    </message>
    <message>
        <source>Your contract could not be saved: leave the window open, and try again.</source>
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
        <source>Copy the request</source>
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
        <source>Accounts whose numbers, phones and e-mails did not come yet: {count}. This computer&apos;s keyring is locked, or there is none: make it ready, and bring back from the same folder once more.</source>
        <translation>证件号码、手机号和邮箱尚未恢复的账户：{count} 个。本机的系统密钥环已锁定或不存在：请先解锁或启用它，再从同一文件夹恢复一次。</translation>
    </message>
    <message>
        <source>Accounts whose numbers, phones and e-mails did not come: {count}. The daily copy was made without their key; they are typed again when the person next signs.</source>
        <translation>证件号码、手机号和邮箱未能恢复的账户：{count} 个。这份每日备份中没有对应的密钥；对方下次签署时请重新输入。</translation>
    </message>
    <message>
        <source>Accounts whose numbers, phones and e-mails did not come: {count}. They can&apos;t be opened with the key in the copy; they are typed again when the person next signs.</source>
        <translation>证件号码、手机号和邮箱未能恢复的账户：{count} 个。用备份中的密钥无法解开；对方下次签署时请重新输入。</translation>
    </message>
    <message>
        <source>Documents of drafts that are not in the copies: {count}. Open them again.</source>
        <translation>备份中没有的草稿文件：{count} 个。请重新打开。</translation>
    </message>
    <message>
        <source>Drafts, presets and accounts are those of {time}.</source>
        <translation>草稿、预设和账户为 {time} 的内容。</translation>
    </message>
    <message>
        <source>Never in the copies: secrets and passwords, which are typed again in Settings; signed files, which are downloaded again in Track.</source>
        <translation>备份中从不包含：密钥和密码（请在“设置”中重新输入）；已签署的文件（请在“跟踪”中重新下载）。</translation>
    </message>
    <message>
        <source>No daily copy could be read: drafts, presets and accounts did not come back.</source>
        <translation>没有可读取的每日备份：草稿、预设和账户未能恢复。</translation>
    </message>
    <message>
        <source>Passphrase of the copies: </source>
        <translation>备份的口令：</translation>
    </message>
    <message>
        <source>Restored from {computer}: contracts {flows}, drafts {drafts}, presets {presets}, accounts {accounts}, numbers and phones {particulars}.</source>
        <translation>已从 {computer} 恢复：合同 {flows} 份，草稿 {drafts} 份，预设 {presets} 个，账户 {accounts} 个，证件号码和联系方式 {particulars} 份。</translation>
    </message>
    <message>
        <source>Rows of sheets that were sent there: {count}. They are not known again here, since this computer has sent sheets of its own: before you send one of those sheets, ask which rows went out.</source>
        <translation>在那台计算机上已发起的表格行：{count} 行。本机批量发起过自己的表格，因此认不出这些行：再次发起那些表格之前，请先确认哪些行已经发出。</translation>
    </message>
    <message>
        <source>Sends that were begun and of which nothing more is known: {count}. Ask the platform&apos;s support.</source>
        <translation>已开始但没有更多记录的发起：{count} 次。请询问平台客服。</translation>
    </message>
    <message>
        <source>Sends that were under way: {count}. They need your decision in Track; nothing is sent again by itself.</source>
        <translation>正在进行中的发起：{count} 次。它们在“跟踪”中待核实，不会自动再次发起。</translation>
    </message>
    <message>
        <source>The audit log of the other computer stays out: this one has its own.</source>
        <translation>另一台计算机的操作记录未并入：本机已有自己的记录。</translation>
    </message>
    <message>
        <source>The copies end at {time}. What was sent after that is not known here: before you send one of the drafts, ask whether it went out.</source>
        <translation>备份截止于 {time}。此后发起的合同本机并不知道：发起任何一份草稿之前，请先确认它是否已经发出。</translation>
    </message>
    <message>
        <source>The copy of the ledger is damaged in places: contracts and links may be missing.</source>
        <translation>用量记录备份有部分损坏：可能缺少合同和链接。</translation>
    </message>
    <message>
        <source>The newest daily copies are damaged ({count}); that of {time} was taken.</source>
        <translation>最新的每日备份已损坏（{count} 份）；已改用 {time} 的备份。</translation>
    </message>
    <message>
        <source>This computer has no copies of its own until a second folder is named in Settings.</source>
        <translation>在“设置”中指定备份文件夹之前，本机没有自己的备份。</translation>
    </message>
    <message>
        <source>When the copies end is not known, nor what was sent after that: before you send one of the drafts, ask whether it went out.</source>
        <translation>不知道备份截止到何时，也不知道此后发出了什么：发起任何草稿之前，请先确认它是否已经发出。</translation>
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
        <source>A table of all rows: contract, state and remark. Also include:</source>
        <translation>结果表列出每一行的合同、状态和说明。是否还要写入：</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Each link stands beside its signer. Anyone with a link can open the contract.</source>
        <translation>每个链接写在对应签署方旁边。持有链接者即可打开合同。</translation>
    </message>
    <message>
        <source>Otherwise names are masked, and mobile numbers are left out.</source>
        <translation>不勾选时姓名打码，不写手机号。</translation>
    </message>
    <message>
        <source>Save the result</source>
        <translation>保存结果</translation>
    </message>
    <message>
        <source>Signing &amp;links</source>
        <translation>签署链接(&amp;L)</translation>
    </message>
    <message>
        <source>The preset has no message sent: to hand the links out yourself you need both.</source>
        <translation>该预设不发送通知：自行分发链接时，以下两项都需要。</translation>
    </message>
</context>
<context>
    <name>ReviewSheet</name>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Back to the contract (Esc)</source>
        <translation>返回合同（Esc）</translation>
    </message>
    <message>
        <source>Check before sending</source>
        <translation>发起前请核对</translation>
    </message>
    <message>
        <source>Comparing the pages with the signers…</source>
        <translation>正在核对合同文本与签署方…</translation>
    </message>
    <message>
        <source>It is used when everybody has signed, and released if it is revoked, declined or expires.</source>
        <translation>全部签署后扣减；若撤回、拒签或过期则释放。</translation>
    </message>
    <message>
        <source>It takes the place of the contract of {moment}, which has ended.</source>
        <translation>本合同替代 {moment} 发起的合同，原合同已结束。</translation>
    </message>
    <message>
        <source>It takes the place of the contract of {moment}, which is revoked first when you send this.</source>
        <translation>本合同替代 {moment} 发起的合同；发起时先撤回原合同。</translation>
    </message>
    <message>
        <source>Its contracts are reserved from now on all the same.</source>
        <translation>准备时即冻结相应份数。</translation>
    </message>
    <message>
        <source>Nothing is reserved before that.</source>
        <translation>在此之前不冻结份数。</translation>
    </message>
    <message>
        <source>Nothing of your package is reserved.</source>
        <translation>不冻结贵方套餐。</translation>
    </message>
    <message>
        <source>Once sent, a contract can&apos;t be edited, only revoked.</source>
        <translation>发起后不可修改，只能撤回后重新发起。</translation>
    </message>
    <message>
        <source>Prepare at the platform</source>
        <translation>在平台准备</translation>
    </message>
    <message>
        <source>Prepared at the platform, it is seen by nobody until you press “Start signing” in Track.</source>
        <translation>在平台准备的合同不对任何人可见，直到您在“跟踪”中点击“开始签署”。</translation>
    </message>
    <message>
        <source>Rehearse first</source>
        <translation>先演练一次</translation>
    </message>
    <message>
        <source>Rehearsed: every seal in its place.</source>
        <translation>已演练：印章位置均正确。</translation>
    </message>
    <message>
        <source>Rehearsed: not every seal in its place, or one too many.</source>
        <translation>已演练：有印章位置不符或多出印章。</translation>
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
        <source>Terms and cost</source>
        <translation>期限与费用</translation>
    </message>
    <message>
        <source>The pages could not be compared with the signers.</source>
        <translation>无法核对合同文本与签署方。</translation>
    </message>
    <message>
        <source>Their package is reserved when they sign, used when everybody has signed, else released.</source>
        <translation>其签署时冻结其套餐，全部签署完成后扣减，否则释放。</translation>
    </message>
    <message>
        <source>They don&apos;t sign, so only the platform knows when their package is reserved.</source>
        <translation>其不参与签署，何时冻结其套餐以平台为准。</translation>
    </message>
    <message>
        <source>Try exactly this contract on this computer, and see it stamped. Nothing is sent.</source>
        <translation>在本机原样演练此合同，查看盖章效果，不会真正发起。</translation>
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
    <message>
        <source>{ticked} of {count} checked</source>
        <translation>已核对 {ticked}/{count}</translation>
    </message>
</context>
<context>
    <name>RevokeSheet</name>
    <message numerus="yes">
        <source>%n contract(s) revoked.</source>
        <translation>
            <numerusform>已撤回 %n 份合同。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be revoked:</source>
        <translation>
            <numerusform>%n 份未能撤回：</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n left as they were, because it was stopped.</source>
        <translation>
            <numerusform>%n 份因停止而未撤回。</numerusform>
        </translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Contracts that will be revoked</source>
        <translation>将被撤回的合同</translation>
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
        <source>Revoke %n contract(s) for everybody? This can&apos;t be undone.</source>
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
    <name>RibbonChip</name>
    <message>
        <source>Change…</source>
        <translation>修改…</translation>
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
        <source>Sign together with the step before</source>
        <translation>与上一步同时签署</translation>
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
        <source>Faulty rows, rows that were not sent, and rows whose outcome is not known</source>
        <translation>有误的行、未能发起的行，以及结果不明的行</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>可发起</translation>
    </message>
    <message>
        <source>Rows that are sent next, and rows that are under way</source>
        <translation>接下来要发起的行，以及正在发起的行</translation>
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
        <translation>到“跟踪”中决定</translation>
    </message>
    <message>
        <source>Do not send it again</source>
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
        <source>Send once more</source>
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
        <source>Rows of the sheet</source>
        <translation>表格各行</translation>
    </message>
</context>
<context>
    <name>RowTableModel</name>
    <message>
        <source>Corrected here; the sheet has “{text}”.</source>
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
        <source>State</source>
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
        <source>Another sheet…</source>
        <translation>换一张表…</translation>
    </message>
    <message>
        <source>Back to choosing contract and sheet; nothing that was sent is lost</source>
        <translation>回到选择合同和表格；已发起的不受影响</translation>
    </message>
    <message>
        <source>Close sheet</source>
        <translation>关闭表格</translation>
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
        <source>%n more than the package has left.</source>
        <translation>
            <numerusform>比套餐余量多 %n 份。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) not</source>
        <translation>
            <numerusform>%n 行未发起</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>After signing, people are redirected to {address}.</source>
        <translation>签署完成后跳转到 {address}。</translation>
    </message>
    <message numerus="yes">
        <source>All %n contract(s) sent.</source>
        <translation>
            <numerusform>%n 份合同已全部发起。</numerusform>
        </translation>
    </message>
    <message>
        <source>Each of them says why. Correct them here or in the sheet; what was sent is never sent again.</source>
        <translation>每行都写明了原因。请在这里或在表格中改正；已发起的不会重复发起。</translation>
    </message>
    <message>
        <source>It needs your decision and is never sent twice. You can continue with the others.</source>
        <translation>该行待核实，绝不会发起两次。其余各行可以继续。</translation>
    </message>
    <message>
        <source>No column for: {names}. Choose one above the grid.</source>
        <translation>没有对应这些内容的列：{names}。请在表格上方选择。</translation>
    </message>
    <message>
        <source>No rows</source>
        <translation>没有行</translation>
    </message>
    <message>
        <source>Nothing is lost, also if the program ends now.</source>
        <translation>不会丢失任何内容，即使现在退出程序。</translation>
    </message>
    <message>
        <source>Nothing is reserved.</source>
        <translation>不冻结合同份数。</translation>
    </message>
    <message>
        <source>Nothing more is reserved.</source>
        <translation>不再另外冻结合同份数。</translation>
    </message>
    <message>
        <source>Nothing of your package is reserved: by the preset, somebody else pays.</source>
        <translation>按预设由他人付费，不冻结贵方套餐。</translation>
    </message>
    <message>
        <source>Nothing to send</source>
        <translation>没有可发起的合同</translation>
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
    <message>
        <source>Running the same sheet again sends only what is new in it.</source>
        <translation>再次运行同一张表，只会发起新增的行。</translation>
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
        <source>Stopped: nothing can be saved on this computer. {progress}</source>
        <translation>已停止：本机无法保存记录。{progress}</translation>
    </message>
    <message>
        <source>Stopped: one row couldn&apos;t be confirmed. {progress}</source>
        <translation>已停止：有一行无法确认。{progress}</translation>
    </message>
    <message>
        <source>Stopped: the problem isn&apos;t in the rows. {progress}</source>
        <translation>已停止：问题不在这些行。{progress}</translation>
    </message>
    <message>
        <source>The platform can&apos;t be reached: {progress}</source>
        <translation>无法连接平台：{progress}</translation>
    </message>
    <message>
        <source>{count} already sent, left out</source>
        <translation>{count} 份已发起（不再发起）</translation>
    </message>
    <message>
        <source>{count} made otherwise</source>
        <translation>{count} 行内容不一致</translation>
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
        <source>{count} to decide</source>
        <translation>{count} 行待核实</translation>
    </message>
    <message>
        <source>{done} of {total} sent, {left} to go</source>
        <translation>已发起 {done} / {total}，还剩 {left} 份</translation>
    </message>
    <message>
        <source>{field} {value}</source>
        <translation>{field} {value}</translation>
    </message>
    <message>
        <source>{name} seals each of them automatically.</source>
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
        <source>{reserved}; {left} left afterwards.</source>
        <translation>{reserved}；之后约剩 {left} 份。</translation>
    </message>
    <message>
        <source>{sent}, {rest}.</source>
        <translation>{sent}，{rest}。</translation>
    </message>
</context>
<context>
    <name>SaveSheet</name>
    <message>
        <source>&amp;Key at the counter</source>
        <translation>柜台快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Save preset</source>
        <translation>保存预设(&amp;S)</translation>
    </message>
    <message>
        <source>Another preset has this name.</source>
        <translation>已有同名预设，两者将无法区分。</translation>
    </message>
    <message>
        <source>Enter a name.</source>
        <translation>请填写名称。</translation>
    </message>
    <message>
        <source>For the &amp;counter: half an hour to sign, by code and without messages</source>
        <translation>用于柜台(&amp;C)：限半小时内扫码签署，不发通知</translation>
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
        <translation>存为预设</translation>
    </message>
    <message>
        <source>Which signers change each time?</source>
        <translation>哪些签署方每次换成不同的客户？</translation>
    </message>
    <message>
        <source>Without a customer it can be used in Prepare, and not at the counter.</source>
        <translation>没有客户角色时，只能在“准备”中使用，不能用于柜台。</translation>
    </message>
    <message>
        <source>always the same</source>
        <translation>固定不变</translation>
    </message>
    <message>
        <source>another customer each time</source>
        <translation>每次是不同的客户</translation>
    </message>
    <message>
        <source>{name}: another customer each time</source>
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
        <source>%n seal(s) now signed by {signer}. Press Ctrl+Z to undo.</source>
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
        <source>Fit the page</source>
        <translation>适合整页</translation>
    </message>
    <message>
        <source>Fit the width</source>
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
        <source>Place seal here</source>
        <translation>在此放置印章</translation>
    </message>
    <message>
        <source>Place seal here of</source>
        <translation>在此放置印章，归</translation>
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
    <name>SealSizes</name>
    <message>
        <source>Default size</source>
        <translation>默认大小</translation>
    </message>
</context>
<context>
    <name>SealsPage</name>
    <message numerus="yes">
        <source>%n seal(s), on page {pages}.</source>
        <translation>
            <numerusform>将盖 %n 个印章，位于第 {pages} 页。</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Document</source>
        <translation>文件(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Keyword</source>
        <translation>关键字(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Place</source>
        <translation>定位方式(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Vertical offset</source>
        <translation>垂直偏移(&amp;V)</translation>
    </message>
    <message>
        <source>Centre from &amp;bottom</source>
        <translation>中心距下(&amp;B)</translation>
    </message>
    <message>
        <source>Centre from &amp;left</source>
        <translation>中心距左(&amp;L)</translation>
    </message>
    <message>
        <source>Default &amp;size</source>
        <translation>默认大小(&amp;S)</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>查找结果</translation>
    </message>
    <message>
        <source>Horizontal &amp;offset</source>
        <translation>水平偏移(&amp;O)</translation>
    </message>
    <message>
        <source>If keyword not found</source>
        <translation>找不到关键字时</translation>
    </message>
    <message>
        <source>It is not in the document: choose another one, or add a point below.</source>
        <translation>文件中没有该关键字：请更换，或在下方添加备用坐标。</translation>
    </message>
    <message>
        <source>It is not in the document: the points below are used.</source>
        <translation>文件中没有该关键字：将使用下列备用坐标。</translation>
    </message>
    <message>
        <source>Looking for it…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>Pa&amp;ges</source>
        <translation>页码(&amp;G)</translation>
    </message>
    <message>
        <source>Seals</source>
        <translation>印章</translation>
    </message>
    <message>
        <source>Sig&amp;ner</source>
        <translation>签署方(&amp;N)</translation>
    </message>
    <message>
        <source>The platform looks for it in what it makes from the template.</source>
        <translation>由平台在模板生成的文件中查找。</translation>
    </message>
    <message>
        <source>W&amp;idth</source>
        <translation>宽度(&amp;I)</translation>
    </message>
    <message numerus="yes">
        <source>Yes, place all %n seals</source>
        <translation>
            <numerusform>确认：盖全部 %n 枚印章</numerusform>
        </translation>
    </message>
    <message>
        <source>e.g. 1-3,5</source>
        <translation>例如 1-3,5</translation>
    </message>
</context>
<context>
    <name>SecondPerson</name>
    <message>
        <source>A second person checks “{title}” and enters their PIN.</source>
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
        <source>Back to the contract</source>
        <translation>返回合同</translation>
    </message>
    <message>
        <source>Cancel and return to draft</source>
        <translation>取消并返回草稿</translation>
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
        <source>Decide later</source>
        <translation>稍后处理</translation>
    </message>
    <message>
        <source>Everything done so far is kept. It also waits in Track, and goes on where it stopped.</source>
        <translation>已完成的步骤均已保存。也可稍后在“跟踪”中从中断处继续。</translation>
    </message>
    <message>
        <source>It is being cancelled; you can keep working.</source>
        <translation>正在取消；您可以先做其他工作。</translation>
    </message>
    <message>
        <source>It is being handed to the signers and can&apos;t be stopped; you can keep working.</source>
        <translation>正在发给签署方，无法停止；您可以先做其他工作。</translation>
    </message>
    <message>
        <source>It is being handed to the signers; from here on it can only be revoked.</source>
        <translation>正在发给签署方；此后只能撤回。</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>再次查找</translation>
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
        <source>Nobody has been told of it, and nobody can see it. When it is to be signed, press “Start signing” in Track; there it can be revoked, too.</source>
        <translation>尚未通知任何人，也无人能看到。需要签署时，请在“跟踪”中点击“开始签署”，也可在“跟踪”中撤回。</translation>
    </message>
    <message>
        <source>Nothing has been heard from the platform ({host}) for {seconds} seconds.</source>
        <translation>平台（{host}）已有 {seconds} 秒没有应答。</translation>
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
        <source>Sent to the signers</source>
        <translation>已发给签署方</translation>
    </message>
    <message>
        <source>Show in Track</source>
        <translation>在跟踪中查看</translation>
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
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>You can wait, or press Esc to stop: nobody has seen the contract yet.</source>
        <translation>可继续等待，或按 Esc 停止：合同尚未发给任何人。</translation>
    </message>
    <message>
        <source>“{title}” as the platform made it</source>
        <translation>“{title}”：平台生成的文件</translation>
    </message>
    <message>
        <source>“{title}” is prepared at the platform</source>
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
        <source>Copy the files as they are now</source>
        <translation>留存文件当前版本</translation>
    </message>
    <message>
        <source>Hand it to the signers</source>
        <translation>发给签署方</translation>
    </message>
    <message>
        <source>Have it confirmed by the platform</source>
        <translation>平台确认</translation>
    </message>
    <message>
        <source>Make contracts of them</source>
        <translation>生成合同</translation>
    </message>
    <message>
        <source>Make the signers known to the platform</source>
        <translation>在平台登记签署方</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>已发起</translation>
    </message>
    <message>
        <source>Start the contract, seen by nobody yet</source>
        <translation>发起合同（暂不对外可见）</translation>
    </message>
    <message>
        <source>Upload the documents</source>
        <translation>上传文件</translation>
    </message>
</context>
<context>
    <name>SettingsRoom</name>
    <message>
        <source>Copies</source>
        <translation>备份</translation>
    </message>
    <message>
        <source>Counter</source>
        <translation>柜台</translation>
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
        <source>Organization</source>
        <translation>本单位规定</translation>
    </message>
    <message>
        <source>People</source>
        <translation>人员</translation>
    </message>
    <message>
        <source>Saved.</source>
        <translation>已保存。</translation>
    </message>
    <message>
        <source>Saved. There is no keyring: the secret holds until the program is closed.</source>
        <translation>已保存。本机没有系统密钥环：密钥在关闭程序后失效。</translation>
    </message>
    <message>
        <source>Sections of Settings</source>
        <translation>设置分区</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Testing the connection…</source>
        <translation>正在测试连接…</translation>
    </message>
    <message>
        <source>The secret of project {project} is forgotten.</source>
        <translation>项目 {project} 的密钥已清除。</translation>
    </message>
</context>
<context>
    <name>Sheet</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
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
        <source>%n could not be revoked; try again later.</source>
        <translation>
            <numerusform>%n 份未能撤回，请稍后再试。</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Print…</source>
        <translation>打印(&amp;P)…</translation>
    </message>
    <message>
        <source>&amp;Revoke all that expired</source>
        <translation>撤回全部已过期合同(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Save as table…</source>
        <translation>存为表格(&amp;S)…</translation>
    </message>
    <message>
        <source>Audit log: {count} lines, seal {seal}</source>
        <translation>操作日志：{count} 条，校验码 {seal}</translation>
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
        <source>Contracts of today</source>
        <translation>今日合同</translation>
    </message>
    <message>
        <source>Customers</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>Flow</source>
        <translation>流程编号</translation>
    </message>
    <message>
        <source>Revoking…</source>
        <translation>正在撤回…</translation>
    </message>
    <message>
        <source>Save the shift sheet</source>
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
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Table (*.csv)</source>
        <translation>表格 (*.csv)</translation>
    </message>
    <message>
        <source>Teller: {name}</source>
        <translation>柜员：{name}</translation>
    </message>
    <message>
        <source>The table is saved.</source>
        <translation>表格已保存。</translation>
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
        <source>Signing</source>
        <translation>签署动态</translation>
    </message>
    <message>
        <source>The signature of {name} on “{title}” failed.</source>
        <translation>{name}在“{title}”上签署失败。</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>{name} has declined “{title}”.</source>
        <translation>{name}已拒签“{title}”。</translation>
    </message>
    <message>
        <source>{name} has signed “{title}”.</source>
        <translation>{name}已签署“{title}”。</translation>
    </message>
    <message>
        <source>“{title}” has ended: declined or failed.</source>
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
        <source>Checking the signatures…</source>
        <translation>正在验证签名…</translation>
    </message>
    <message>
        <source>Digital signatures</source>
        <translation>数字签名</translation>
    </message>
    <message>
        <source>Not seen on any page.</source>
        <translation>页面上不可见。</translation>
    </message>
    <message>
        <source>Show on page {page}</source>
        <translation>在第 {page} 页查看</translation>
    </message>
    <message>
        <source>The times are those of the signers&apos; own computers, in China time. Trust is this computer&apos;s own.</source>
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
        <source>Nothing was changed since.</source>
        <translation>签署后未被改动。</translation>
    </message>
    <message>
        <source>Since then only others have signed.</source>
        <translation>此后仅有他人继续签署。</translation>
    </message>
    <message>
        <source>Something was changed after this signature.</source>
        <translation>此签名之后文件被改动过。</translation>
    </message>
    <message>
        <source>The file is as it was signed, and the signers are certified.</source>
        <translation>文件与签署时一致，签署方身份可信。</translation>
    </message>
    <message>
        <source>The file is as it was signed, but its signers are certified by an issuer this computer doesn&apos;t trust.</source>
        <translation>文件与签署时一致；但签署方的证书由本机未信任的机构颁发。</translation>
    </message>
    <message>
        <source>The signature does not fit the file.</source>
        <translation>签名与文件不符。</translation>
    </message>
    <message>
        <source>This file carries no digital signature.</source>
        <translation>此文件没有数字签名。</translation>
    </message>
    <message>
        <source>Warning: this file is not as it was signed.</source>
        <translation>注意：此文件与签署时不一致。</translation>
    </message>
    <message>
        <source>{name} signed on {moment}</source>
        <translation>{name} 于 {moment} 签署</translation>
    </message>
    <message>
        <source>{name} signed; when is not said</source>
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
        <source>Open its folder</source>
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
        <source>Fetching the signed contract…</source>
        <translation>正在取回已签合同…</translation>
    </message>
    <message>
        <source>Printing…</source>
        <translation>正在打印…</translation>
    </message>
    <message>
        <source>The signed contract is printed.</source>
        <translation>已签合同已打印。</translation>
    </message>
</context>
<context>
    <name>SignerCard</name>
    <message numerus="yes">
        <source>%n seal(s)</source>
        <translation>
            <numerusform>%n 枚章</numerusform>
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
        <source>More for signer {number}</source>
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
        <source>Sign together with the step before</source>
        <translation>与上一步同时签署</translation>
    </message>
    <message>
        <source>Signer {number}: {name}, {subtitle}</source>
        <translation>签署方 {number}：{name}，{subtitle}</translation>
    </message>
</context>
<context>
    <name>SignerForm</name>
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
        <translation>添加本平台印章</translation>
    </message>
    <message>
        <source>Add person</source>
        <translation>添加个人</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Change organization</source>
        <translation>修改企业</translation>
    </message>
    <message>
        <source>Change our seal</source>
        <translation>修改本平台印章</translation>
    </message>
    <message>
        <source>Change person</source>
        <translation>修改个人</translation>
    </message>
    <message>
        <source>Nobody is known at the platform as “{reference}”. Fill in the fields to create the account.</source>
        <translation>平台上没有编号为“{reference}”的账户。请填写以下信息以创建账户。</translation>
    </message>
    <message>
        <source>Organization instead</source>
        <translation>改为企业</translation>
    </message>
    <message>
        <source>Part of this line can&apos;t be read for sure. Put each number into its own field.</source>
        <translation>这一行有内容无法确定识别，请把各号码填入对应栏。</translation>
    </message>
    <message>
        <source>Person instead</source>
        <translation>改为个人</translation>
    </message>
    <message>
        <source>Person who acts for it</source>
        <translation>企业经办人</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Shown as</source>
        <translation>显示为</translation>
    </message>
    <message>
        <source>This is not {name} any more, so their account is not used. Fill in the number, or undo (Ctrl+Z).</source>
        <translation>已不是“{name}”，不再使用其账号。请填写证件号码，或撤销（Ctrl+Z）。</translation>
    </message>
    <message>
        <source>This platform</source>
        <translation>本平台</translation>
    </message>
    <message>
        <source>{name} ({mark}) is in Contacts. Enter adds them.</source>
        <translation>联系人中已有{name}（{mark}），按回车键即可添加。</translation>
    </message>
    <message>
        <source>{name} is in Contacts. Enter adds them.</source>
        <translation>联系人中已有{name}，按回车键即可添加。</translation>
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
    <name>SignerTimeline</name>
    <message>
        <source>Copy link</source>
        <translation>复制链接</translation>
    </message>
    <message>
        <source>Forget this person…</source>
        <translation>清除此人信息…</translation>
    </message>
    <message>
        <source>More: {name}</source>
        <translation>更多：{name}</translation>
    </message>
    <message>
        <source>Open in browser</source>
        <translation>在浏览器中打开</translation>
    </message>
    <message>
        <source>QR code</source>
        <translation>二维码</translation>
    </message>
    <message>
        <source>received {moment}</source>
        <translation>{moment} 收到</translation>
    </message>
    <message>
        <source>signed {moment}</source>
        <translation>{moment} 签署</translation>
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
        <source>Organization code</source>
        <translation>组织机构代码</translation>
    </message>
    <message>
        <source>Our seal</source>
        <translation>本平台印章</translation>
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
        <source>Phone shield certificate</source>
        <translation>手机盾证书</translation>
    </message>
    <message>
        <source>Resident identity card</source>
        <translation>居民身份证</translation>
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
        <source>This platform</source>
        <translation>本平台</translation>
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
        <source>represented by {name}</source>
        <translation>经办人 {name}</translation>
    </message>
    <message>
        <source>signs automatically</source>
        <translation>自动签署</translation>
    </message>
    <message>
        <source>the platform keeps the old mobile or e-mail</source>
        <translation>平台仍用原手机号或邮箱</translation>
    </message>
    <message>
        <source>the platform keeps {address}</source>
        <translation>平台仍用 {address}</translation>
    </message>
</context>
<context>
    <name>SignersPanel</name>
    <message>
        <source>Add a person</source>
        <translation>添加个人签署方</translation>
    </message>
    <message>
        <source>Add a signer, then click the page to place their seal.</source>
        <translation>请先添加签署方，再点击页面放置印章。</translation>
    </message>
    <message>
        <source>Add an organization with the person who acts for it</source>
        <translation>添加企业签署方及其经办人</translation>
    </message>
    <message>
        <source>Add our own organization</source>
        <translation>添加我方企业</translation>
    </message>
    <message>
        <source>Add our seal, which signs automatically</source>
        <translation>添加本平台印章，自动签署</translation>
    </message>
    <message>
        <source>In order</source>
        <translation>按顺序签署</translation>
    </message>
    <message>
        <source>None is marked as ours yet: do so in Contacts</source>
        <translation>尚未标记我方企业：请在“联系人”中标记</translation>
    </message>
    <message>
        <source>Off: everybody may sign at any time</source>
        <translation>关闭后，所有人可随时签署</translation>
    </message>
    <message>
        <source>Organization</source>
        <translation>企业</translation>
    </message>
    <message>
        <source>Our seal</source>
        <translation>本平台印章</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>个人</translation>
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
</context>
<context>
    <name>SigningMenu</name>
    <message>
        <source>Does not sign this one</source>
        <translation>不签署该文件</translation>
    </message>
    <message>
        <source>Places the seal themselves</source>
        <translation>自行放置印章</translation>
    </message>
    <message>
        <source>Seals where they are placed here</source>
        <translation>按此处放置的位置盖章</translation>
    </message>
    <message>
        <source>There is no document yet</source>
        <translation>还没有文件</translation>
    </message>
</context>
<context>
    <name>SlicesPreview</name>
    <message numerus="yes">
        <source>%n slice(s) of {width} mm</source>
        <translation>
            <numerusform>%n 块，每块 {width} 毫米</numerusform>
        </translation>
    </message>
    <message>
        <source>Slices on pages {pages}; {width}</source>
        <translation>章块在第 {pages} 页；{width}</translation>
    </message>
    <message>
        <source>The finished seal</source>
        <translation>拼合后的印章</translation>
    </message>
</context>
<context>
    <name>SmartLine</name>
    <message>
        <source>Already signed today (sent at {time}): Enter asks before another one is sent.</source>
        <translation>今日已签署（{time} 发起）：按回车将先询问，不会直接再发一份。</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>请核对</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>ID number</source>
        <translation>身份证号</translation>
    </message>
    <message>
        <source>Known customer.</source>
        <translation>曾在本机办理业务。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>Name, ID number, phone – in any order</source>
        <translation>姓名、身份证号、手机号，顺序不限</translation>
    </message>
    <message>
        <source>Next customer</source>
        <translation>下一位客户</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>手机号</translation>
    </message>
    <message>
        <source>Press Enter to continue.</source>
        <translation>按 Enter 继续。</translation>
    </message>
    <message>
        <source>Press Enter to send.</source>
        <translation>按 Enter 发起。</translation>
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
        <source>Take</source>
        <translation>采用</translation>
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
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>to come</source>
        <translation>待进行</translation>
    </message>
    <message>
        <source>under way</source>
        <translation>进行中</translation>
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
        <source>Choose a contract on the left first.</source>
        <translation>请先在左侧选择合同。</translation>
    </message>
    <message>
        <source>Choose a sheet…</source>
        <translation>选择表格…</translation>
    </message>
    <message>
        <source>Drop the sheet here: one row a contract, .xlsx or .csv.</source>
        <translation>将表格（.xlsx 或 .csv）拖入此处：每行一份合同。</translation>
    </message>
    <message>
        <source>It may have: {names}.</source>
        <translation>可以有的列：{names}。</translation>
    </message>
    <message>
        <source>It needs a column for: {names}.</source>
        <translation>必须有的列：{names}。</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Save an empty sheet…</source>
        <translation>保存空白表…</translation>
    </message>
    <message>
        <source>With the right headings, to be filled in</source>
        <translation>表头已备好，填写即可</translation>
    </message>
    <message>
        <source>“{name}” is ready; choose the contract on the left.</source>
        <translation>“{name}”已就绪；请在左侧选择合同。</translation>
    </message>
</context>
<context>
    <name>StartProblem</name>
    <message>
        <source>Another folder is used this once; to stay there, start the program with --data-dir.</source>
        <translation>改用的文件夹仅在本次有效；如需固定使用，请以 --data-dir 启动程序。</translation>
    </message>
    <message>
        <source>Folder for the program&apos;s data</source>
        <translation>程序数据文件夹</translation>
    </message>
    <message>
        <source>Open data folder</source>
        <translation>打开数据文件夹</translation>
    </message>
    <message>
        <source>Start over, keep the damaged data</source>
        <translation>重新开始（保留损坏的数据）</translation>
    </message>
    <message>
        <source>Start with the copy</source>
        <translation>使用该副本启动</translation>
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
        <source>Signing code</source>
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
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>Start the rehearsal</source>
        <translation>启动演练</translation>
    </message>
    <message>
        <source>The rehearsal is not running.</source>
        <translation>演练环境未运行。</translation>
    </message>
</context>
<context>
    <name>SumPane</name>
    <message>
        <source>Check it with the customer, then press Enter to send.</source>
        <translation>请与客户逐项核对，确认无误后按 Enter 发起。</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>客户</translation>
    </message>
</context>
<context>
    <name>TablesPane</name>
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
        <source>Another table</source>
        <translation>再加一个附表</translation>
    </message>
    <message>
        <source>Asked for after page {number}</source>
        <translation>请求放在第 {number} 页之后</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Delete the selected rows</source>
        <translation>删除所选行</translation>
    </message>
    <message>
        <source>First row on top of every page</source>
        <translation>首行作为每页表头</translation>
    </message>
    <message>
        <source>Paste cells from a spreadsheet (Ctrl+V)</source>
        <translation>粘贴表格单元格（Ctrl+V）</translation>
    </message>
    <message>
        <source>Remove this table</source>
        <translation>删除此附表</translation>
    </message>
    <message>
        <source>Tables at the end of “{name}”</source>
        <translation>“{name}”末尾的附表</translation>
    </message>
    <message>
        <source>The platform puts added pages at the end so far, whatever is asked for.</source>
        <translation>平台目前总是将新增页放在最后。</translation>
    </message>
    <message>
        <source>Title above the table</source>
        <translation>附表标题</translation>
    </message>
    <message>
        <source>Title above the table (may stay empty)</source>
        <translation>附表标题（可留空）</translation>
    </message>
    <message>
        <source>Type, or paste cells from a spreadsheet</source>
        <translation>直接输入，或从电子表格粘贴单元格</translation>
    </message>
    <message>
        <source>Where its pages go</source>
        <translation>附表页的位置</translation>
    </message>
    <message>
        <source>at most {most}</source>
        <translation>最多 {most} 页</translation>
    </message>
</context>
<context>
    <name>TellerPinDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>New PIN</source>
        <translation>新 PIN 码</translation>
    </message>
    <message>
        <source>New PIN, twice</source>
        <translation>新 PIN 码（两次）</translation>
    </message>
    <message>
        <source>PIN</source>
        <translation>PIN 码</translation>
    </message>
    <message>
        <source>PIN of: {who}</source>
        <translation>{who}的 PIN 码</translation>
    </message>
    <message>
        <source>Repeat</source>
        <translation>再次输入</translation>
    </message>
    <message>
        <source>Repeat the new PIN</source>
        <translation>再次输入新 PIN 码</translation>
    </message>
    <message>
        <source>The PINs don&apos;t match: enter the new PIN twice.</source>
        <translation>两次输入不一致，请重新输入新 PIN 码。</translation>
    </message>
</context>
<context>
    <name>TellersForm</name>
    <message>
        <source>A supervisor&apos;s PIN adds, changes and removes tellers.</source>
        <translation>添加、更改和移除柜员须输入主管的 PIN 码。</translation>
    </message>
    <message>
        <source>Add teller</source>
        <translation>添加柜员</translation>
    </message>
    <message>
        <source>Add {name}?</source>
        <translation>添加 {name}？</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>Make a supervisor…</source>
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
        <source>Name of a new teller</source>
        <translation>新柜员姓名</translation>
    </message>
    <message>
        <source>New PIN…</source>
        <translation>新 PIN 码…</translation>
    </message>
    <message>
        <source>PIN</source>
        <translation>PIN 码</translation>
    </message>
    <message>
        <source>PIN of</source>
        <translation>PIN 码持有人</translation>
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
        <source>Remove {name} as a supervisor?</source>
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
        <source>Repeat the PIN</source>
        <translation>重复 PIN 码</translation>
    </message>
    <message>
        <source>Set a new PIN for {name}?</source>
        <translation>为 {name} 设置新的 PIN 码？</translation>
    </message>
    <message>
        <source>Set by your organization: the administrator adds tellers with {command}.</source>
        <translation>由所在机构统一设置：请管理员用 {command} 添加柜员。</translation>
    </message>
    <message>
        <source>Set the PIN</source>
        <translation>设置 PIN 码</translation>
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
        <source>The PIN is set.</source>
        <translation>PIN 码已设置。</translation>
    </message>
    <message>
        <source>The PINs don&apos;t match: enter the PIN twice.</source>
        <translation>两次输入不一致，请重新输入 PIN 码。</translation>
    </message>
    <message>
        <source>The teller is added.</source>
        <translation>已添加柜员。</translation>
    </message>
    <message>
        <source>The teller is changed.</source>
        <translation>柜员已更改。</translation>
    </message>
    <message>
        <source>The teller is removed.</source>
        <translation>已移除该柜员。</translation>
    </message>
    <message>
        <source>Without tellers the counter opens for everybody. With tellers one of them signs in, and every contract and the shift sheet bear the name. The first one is a supervisor, without whose PIN nobody changes tellers.</source>
        <translation>未设置柜员时，任何人都可以打开柜台。设置后须由柜员登录，每份合同和班次清单都会注明姓名。第一位柜员是主管；更改柜员须输入主管的 PIN 码。</translation>
    </message>
    <message>
        <source>{action} ({name})</source>
        <translation>{action}（{name}）</translation>
    </message>
</context>
<context>
    <name>TemplateController</name>
    <message>
        <source>Its preset is open: say what each field is filled with, and where the seals go.</source>
        <translation>预设已打开：请设定每个表单域填什么、印章盖在哪里。</translation>
    </message>
    <message>
        <source>Making the preset…</source>
        <translation>正在生成预设…</translation>
    </message>
    <message>
        <source>Making the template…</source>
        <translation>正在制作模板…</translation>
    </message>
    <message>
        <source>Reading the form…</source>
        <translation>正在读取表单…</translation>
    </message>
    <message>
        <source>The template is made and not lost: choose “Make it a template…” again, nothing is sent twice.</source>
        <translation>模板已制成，不会丢失：请再次选择“制作成模板…”，不会重复上传。</translation>
    </message>
    <message>
        <source>Uploading the template…</source>
        <translation>正在上传模板…</translation>
    </message>
    <message>
        <source>“{name}” is a template at the platform now.</source>
        <translation>“{name}”已成为平台上的模板。</translation>
    </message>
</context>
<context>
    <name>TemplateEditor</name>
    <message>
        <source>A field is marked red in the list.</source>
        <translation>列表中有标红的填写项。</translation>
    </message>
    <message>
        <source>Arrange</source>
        <translation>排列</translation>
    </message>
    <message>
        <source>Back to the templates</source>
        <translation>返回模板列表</translation>
    </message>
    <message>
        <source>Copy to pages</source>
        <translation>复制到其他页</translation>
    </message>
    <message>
        <source>Copy to pages…</source>
        <translation>复制到其他页…</translation>
    </message>
    <message>
        <source>Create it again</source>
        <translation>重新制作</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Draw a field first.</source>
        <translation>请先绘制填写项。</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>复制一份</translation>
    </message>
    <message>
        <source>Make the template</source>
        <translation>制作模板</translation>
    </message>
    <message>
        <source>Name of the template</source>
        <translation>模板名称</translation>
    </message>
    <message>
        <source>Pages, such as 2-4,6</source>
        <translation>页码，如 2-4,6</translation>
    </message>
    <message>
        <source>Same size as the first</source>
        <translation>与第一个同样大小</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>The fields are not saved. Press again to discard them.</source>
        <translation>填写项尚未保存，再按一次将放弃。</translation>
    </message>
    <message>
        <source>The template needs a name.</source>
        <translation>请填写模板名称。</translation>
    </message>
</context>
<context>
    <name>TemplateFields</name>
    <message>
        <source>A name has letters, digits, spaces and _ - / ( ), no dot, and 60 characters at most.</source>
        <translation>名称可用文字、数字、空格和 _ - / ( )，不能含点号，最多 60 字。</translation>
    </message>
    <message>
        <source>Amount</source>
        <translation>金额</translation>
    </message>
    <message>
        <source>Another field has this name.</source>
        <translation>已有同名的填写项。</translation>
    </message>
    <message>
        <source>Check</source>
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
        <source>ID number</source>
        <translation>证件号码</translation>
    </message>
    <message>
        <source>It is too small for any text.</source>
        <translation>区域太小，无法填写文字。</translation>
    </message>
    <message>
        <source>It lies outside of its page.</source>
        <translation>超出页面范围。</translation>
    </message>
    <message>
        <source>It needs a name.</source>
        <translation>请填写名称。</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>手机号</translation>
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
        <source>The example is longer than the field may be.</source>
        <translation>示例超过允许的字数。</translation>
    </message>
    <message>
        <source>Type the choices, separated by semicolons.</source>
        <translation>请填写选项，用分号隔开。</translation>
    </message>
</context>
<context>
    <name>TemplateList</name>
    <message numerus="yes">
        <source>%n field(s)</source>
        <translation>
            <numerusform>%n 个字段</numerusform>
        </translation>
    </message>
    <message>
        <source>Add its PDF in the room Templates, so that its pages can be shown.</source>
        <translation>请在“模板”中添加其 PDF，以便显示页面。</translation>
    </message>
    <message>
        <source>From a template</source>
        <translation>从模板</translation>
    </message>
    <message>
        <source>Templates</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>There is no template in this environment yet. Make one from a PDF in the room Templates.</source>
        <translation>当前环境还没有模板。请在“模板”中用 PDF 创建。</translation>
    </message>
    <message>
        <source>{name} · no PDF kept</source>
        <translation>{name} · 未保存 PDF</translation>
    </message>
</context>
<context>
    <name>TemplateMaking</name>
    <message>
        <source>Making the template…</source>
        <translation>正在制作模板…</translation>
    </message>
    <message>
        <source>Uploading the template… {percent} %</source>
        <translation>正在上传模板… {percent}%</translation>
    </message>
    <message>
        <source>Writing the fields…</source>
        <translation>正在写入填写项…</translation>
    </message>
</context>
<context>
    <name>TemplateSheet</name>
    <message numerus="yes">
        <source>%n field(s) are filled in already: what stands in them becomes part of the template.</source>
        <translation>
            <numerusform>有 %n 个表单域已经填了内容，这些内容会成为模板的一部分。</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Create again</source>
        <translation>重新制作(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Draw more fields…</source>
        <translation>绘制更多填写项(&amp;D)…</translation>
    </message>
    <message>
        <source>&amp;Make the template</source>
        <translation>制作模板(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Open its preset</source>
        <translation>打开预设(&amp;O)</translation>
    </message>
    <message>
        <source>A choice: stays as it is</source>
        <translation>选择框：保持原样</translation>
    </message>
    <message>
        <source>A signature field: not used</source>
        <translation>签名域：不使用</translation>
    </message>
    <message>
        <source>A tick: stays as it is</source>
        <translation>勾选框：保持原样</translation>
    </message>
    <message>
        <source>Asked for</source>
        <translation>填写内容</translation>
    </message>
    <message>
        <source>Form field</source>
        <translation>表单域</translation>
    </message>
    <message>
        <source>Form fields</source>
        <translation>表单域</translation>
    </message>
    <message>
        <source>Make it a template</source>
        <translation>制作成模板</translation>
    </message>
    <message>
        <source>Only text is filled in; all other fields stay as they are in the file.</source>
        <translation>平台只填写文本域，其他域保持文件中的样子。</translation>
    </message>
    <message>
        <source>Opens the file in Templates, where fields are drawn on its pages</source>
        <translation>在“模板”中打开该文件，在页面上绘制填写项</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>页码</translation>
    </message>
    <message>
        <source>Stays as it is</source>
        <translation>保持原样</translation>
    </message>
    <message>
        <source>The platform was asked for this template on {time}, and its answer was lost. Whether “{name}” was made a template can&apos;t be asked for. If it was, nobody uses it, and no customer sees it: creating it again does no harm.</source>
        <translation>{time} 已向平台提交制作该模板，但没有收到答复。“{name}”是否已制成模板无法查询。即使已经制成，也没有人使用，客户更看不到：重新制作不会有任何影响。</translation>
    </message>
    <message>
        <source>“{name}” is uploaded once and stays at the platform. For each contract its fields are filled in there; a preset of it opens when it is done. A template can&apos;t be deleted here once it is created.</source>
        <translation>“{name}”只上传一次，并保存在平台上。以后每份合同都由平台填写表单域；完成后会打开相应的预设。模板创建后不能在此删除。</translation>
    </message>
    <message>
        <source>“{name}” was made a template there on {time}. Nothing is uploaded again; a preset of it opens.</source>
        <translation>“{name}”已于 {time} 在该平台制作成模板。不会再次上传，将直接打开它的预设。</translation>
    </message>
</context>
<context>
    <name>TemplateTable</name>
    <message>
        <source>Environment</source>
        <translation>环境</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>填写项</translation>
    </message>
    <message>
        <source>Gone at the platform</source>
        <translation>平台已无此模板</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Needs your decision</source>
        <translation>待核实</translation>
    </message>
    <message>
        <source>PDF not here</source>
        <translation>本机无 PDF</translation>
    </message>
    <message>
        <source>Templates</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>Used</source>
        <translation>使用次数</translation>
    </message>
</context>
<context>
    <name>TemplatesRoom</name>
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
        <source>&amp;Make from a PDF…</source>
        <translation>由 PDF 制作(&amp;M)…</translation>
    </message>
    <message>
        <source>&amp;Rename…</source>
        <translation>重命名(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Use in a new contract</source>
        <translation>用于新合同(&amp;U)</translation>
    </message>
    <message>
        <source>A PDF to make a template of</source>
        <translation>选择用于制作模板的 PDF</translation>
    </message>
    <message>
        <source>A template is a form that the platform keeps: made once from a PDF, filled for each contract. Draw its fields on the pages of any PDF, or add one that was made elsewhere.</source>
        <translation>模板是保存在平台上的表单：由 PDF 制作一次，每份合同分别填写。可在任意 PDF 的页面上绘制填写项，也可添加在别处制作的模板。</translation>
    </message>
    <message>
        <source>Add by its &amp;id…</source>
        <translation>按 ID 添加(&amp;I)…</translation>
    </message>
    <message>
        <source>Add its &amp;PDF…</source>
        <translation>添加其 PDF(&amp;P)…</translation>
    </message>
    <message>
        <source>Fields are being drawn for “{name}”.</source>
        <translation>正在为“{name}”绘制填写项。</translation>
    </message>
    <message>
        <source>ID {id}</source>
        <translation>ID {id}</translation>
    </message>
    <message>
        <source>In presets: {names}</source>
        <translation>用于预设：{names}</translation>
    </message>
    <message>
        <source>Its pages are at the platform. Add the PDF it was made of to see them and to fill it in.</source>
        <translation>页面保存在平台。添加制作该模板的 PDF 后，即可查看页面并填写。</translation>
    </message>
    <message>
        <source>Make &amp;again in this environment…</source>
        <translation>在当前环境重新制作(&amp;A)…</translation>
    </message>
    <message>
        <source>Make that template, or go back to the list; then begin the next one.</source>
        <translation>请先制作该模板，或返回列表，再开始下一个。</translation>
    </message>
    <message>
        <source>Name here; the platform keeps its own</source>
        <translation>本机名称（平台上的名称不变）</translation>
    </message>
    <message>
        <source>No template yet</source>
        <translation>暂无模板</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>从列表移除</translation>
    </message>
    <message>
        <source>Remove it? The platform keeps it</source>
        <translation>确认移除？平台仍保留</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>Templates</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>The PDF that the template was made of</source>
        <translation>选择制作该模板所用的 PDF</translation>
    </message>
    <message>
        <source>The platform said that it does not know this template any more. Make it again.</source>
        <translation>平台表示已没有该模板，请重新制作。</translation>
    </message>
    <message>
        <source>The platform&apos;s answer was lost: nobody can say whether it was made. Create it again, or remove it.</source>
        <translation>未收到平台应答，无法确认模板是否已创建。可重新制作，或从列表移除。</translation>
    </message>
    <message>
        <source>“{name}” is a template at the platform now.</source>
        <translation>“{name}”已成为平台上的模板。</translation>
    </message>
</context>
<context>
    <name>TermsFields</name>
    <message>
        <source>As the account has it</source>
        <translation>账户默认证书</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>证书</translation>
    </message>
    <message>
        <source>Only for our seal, or with the signer&apos;s authorization.</source>
        <translation>仅限本平台印章，或已获签署方授权。</translation>
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
        <source>proposed for {names}</source>
        <translation>建议{names}签章</translation>
    </message>
    <message>
        <source>sealed by {names}</source>
        <translation>{names}签章</translation>
    </message>
</context>
<context>
    <name>ToolStrip</name>
    <message>
        <source>Actual size</source>
        <translation>实际大小</translation>
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
        <source>Save as preset…</source>
        <translation>存为预设…</translation>
    </message>
    <message>
        <source>Seal width</source>
        <translation>章宽</translation>
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
        <source>Use a preset…</source>
        <translation>使用预设…</translation>
    </message>
    <message>
        <source>Width of new seals</source>
        <translation>新印章的宽度</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
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
        <source>Open the sample contract</source>
        <translation>打开示例合同</translation>
    </message>
    <message>
        <source>Start the rehearsal</source>
        <translation>启动演练</translation>
    </message>
    <message>
        <source>Starting the rehearsal…</source>
        <translation>正在启动演练…</translation>
    </message>
    <message>
        <source>The rehearsal is running</source>
        <translation>演练环境已启动</translation>
    </message>
    <message>
        <source>The rehearsal plays the signing platform on this computer: nothing leaves it, nothing costs anything, nothing is binding. The sample contract has two invented parties.</source>
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
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Decide…</source>
        <translation>去处理…</translation>
    </message>
    <message>
        <source>Look at it…</source>
        <translation>查看…</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>“{title}” has needed your decision since {moment}: we couldn&apos;t confirm that the contract was created.</source>
        <translation>“{title}”自 {moment} 起待核实：未收到平台的发起结果。</translation>
    </message>
    <message>
        <source>“{title}” is being sent now.</source>
        <translation>正在发起“{title}”。</translation>
    </message>
    <message>
        <source>“{title}” was submitted at {moment} and is not sent yet.</source>
        <translation>“{title}”于 {moment} 提交，尚未发出。</translation>
    </message>
    <message>
        <source>“{title}”: what the platform made of the form waits to be looked at.</source>
        <translation>“{title}”：平台生成的文件待查看。</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>Choose PDFs…</source>
        <translation>选择 PDF…</translation>
    </message>
    <message>
        <source>Drop one or more PDFs anywhere on this window, or choose them.</source>
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
        <source>Read this worksheet</source>
        <translation>读取该工作表</translation>
    </message>
    <message>
        <source>Worksheets with rows</source>
        <translation>有数据的工作表</translation>
    </message>
    <message>
        <source>“{name}” has rows in several worksheets. Which one is to be sent?</source>
        <translation>“{name}”有多个工作表含有数据。要发起哪一个？</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>One sheet at a time: “{name}” is open.</source>
        <translation>一次只能处理一张表格：已打开“{name}”。</translation>
    </message>
</context>
<context>
    <name>_FileRow</name>
    <message>
        <source>Check</source>
        <translation>验签</translation>
    </message>
    <message>
        <source>Check digital signatures</source>
        <translation>验证数字签名</translation>
    </message>
    <message>
        <source>Checking the signatures…</source>
        <translation>正在验证签名…</translation>
    </message>
    <message>
        <source>More: {name}</source>
        <translation>更多：{name}</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open its folder</source>
        <translation>打开所在文件夹</translation>
    </message>
    <message>
        <source>Open the file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Open with another program</source>
        <translation>用其他程序打开</translation>
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
        <source>Prepare it, and save as a preset</source>
        <translation>去准备并存为预设</translation>
    </message>
    <message>
        <source>Prepare the contract once, with its seals, and save it as a preset. Then a sheet here sends it.</source>
        <translation>请先准备一份合同并放置印章，存为预设；之后即可凭一份表格批量发起。</translation>
    </message>
    <message>
        <source>The same contract for many people</source>
        <translation>同一份合同，发给许多人</translation>
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

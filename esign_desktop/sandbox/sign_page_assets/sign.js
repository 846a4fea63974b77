"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const text = data.texts;
  const base = location.pathname.replace(/\/+$/, "");
  const token = base.split("/").pop();
  const app = document.getElementById("app");
  const placements = [];
  const hints = new Map();
  let platform = 1;
  let sealType = data.sealTypes && data.sealTypes.includes(1) ? 1 : 0;

  function el(tag, options = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(options)) {
      if (name === "text") node.textContent = value;
      else if (name === "class") node.className = value;
      else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  function fill(pattern, values) {
    return pattern.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  }

  // ---- head -------------------------------------------------------------
  function head() {
    const other = data.language === "zh" ? "en" : "zh";
    const facts = el("p", { class: "facts" });
    const who = data.organization ? `${data.signer} ${text.acting_for} ${data.organization}` : data.signer || text.application;
    if (data.scene) facts.append(el("span", { text: `${text.signer} ${who}` }));
    if (data.deadline) facts.append(el("span", { text: `${text.deadline} ${data.deadline}` }));
    return [
      el("div", { class: "rehearsal", role: "note" }, el("strong", { text: text.rehearsal }), el("span", { text: text.rehearsal_note })),
      el("header", { class: "head" }, el("div", { class: "head-inner" },
        el("div", { class: "head-text" }, el("h1", { text: data.scene || text.title }), facts),
        el("a", { class: "language", id: "language", href: `?lang=${other}`, text: text.other_language, lang: other }))),
    ];
  }

  // ---- states that only tell something ----------------------------------
  const shapes = {
    good: "M20 33l9 9 17-19", bad: "M23 23l18 18M41 23L23 41", calm: "M32 18v15l10 6",
  };
  function icon(kind) {
    const ns = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(ns, "svg");
    svg.setAttribute("viewBox", "0 0 64 64");
    svg.setAttribute("aria-hidden", "true");
    for (const [name, attributes] of [["circle", { cx: 32, cy: 32, r: 27 }], ["path", { d: shapes[kind] }]]) {
      const shape = document.createElementNS(ns, name);
      for (const [key, value] of Object.entries({ ...attributes, fill: "none", stroke: "currentColor", "stroke-width": 4, "stroke-linecap": "round", "stroke-linejoin": "round" })) shape.setAttribute(key, value);
      svg.append(shape);
    }
    return svg;
  }

  function notice(state, { redirectUrl = "", isComplete = false, reason = "" } = {}) {
    const kind = state === "signed" ? "good" : ["waiting-turn", "not-started", "being-signed", "to-be-confirmed"].includes(state) ? "calm" : "bad";
    const box = el("section", { class: `notice ${kind}`, id: state === "signed" ? "done" : "notice", role: "status" },
      icon(kind),
      el("h2", { text: text[`state_${state}`] }),
      el("p", { text: text[state === "signed" && isComplete ? "state_completed_note" : `state_${state}_note`] }));
    if (state === "signed" && !isComplete) box.append(el("p", { text: text.download_later }));
    if (reason) box.append(el("p", { class: "reason", text: `${text.reason}: ${reason}` }));
    if (redirectUrl && /^https?:\/\//i.test(redirectUrl)) {
      box.append(el("p", { text: text.redirecting }), el("a", { class: "language", id: "redirect", href: redirectUrl, text: text.continue }));
    }
    return box;
  }

  // ---- pages ------------------------------------------------------------
  function percent(value) { return `${(value * 100).toFixed(3)}%`; }

  function sealImage() {
    return el("img", { src: `${base}/seal.png`, alt: "", draggable: "false" });
  }

  function markBox(mark) {
    const box = el("div", { class: "mark" + (mark.isSlice ? " slice" : "") });
    Object.assign(box.style, { left: percent(mark.x), top: percent(mark.y), width: percent(mark.w), height: percent(mark.h) });
    if (mark.y < 0.03) box.classList.add("at-top");
    if (mark.x > 0.7) box.classList.add("at-right");
    if (!mark.isSlice && data.sealTypes.includes(1)) box.append(sealImage());
    if (mark.slice && data.sealTypes.includes(1)) {
      const seal = sealImage();
      Object.assign(seal.style, { left: percent(-mark.slice[0]), right: "auto", width: percent(mark.slice[1]) });
      box.append(el("div", { class: "window" }, seal));
      box.classList.add("shows-seal");
    }
    box.append(el("span", { class: "label", text: text.seal_here }));
    return box;
  }

  function pageView(doc, page) {
    const view = el("div", { class: "page", id: `page-${doc.index}-${page.number}`, "data-doc": doc.id, "data-page": page.number });
    view.style.aspectRatio = String(page.aspect);
    view.append(el("img", {
      class: "sheet", loading: "lazy", draggable: "false",
      alt: fill(text.page_of, { page: page.number, pages: doc.pages.length }),
      src: `${base}/page/${doc.index}/${page.number}?v=${doc.version}`,
    }));
    for (const mark of page.marks) view.append(markBox(mark));
    if (doc.needsPlace) {
      view.classList.add("placeable");
      view.addEventListener("click", (event) => {
        if (event.target.closest(".placed-seal")) return;
        const box = view.getBoundingClientRect();
        place(doc, page, view, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
      });
    }
    return view;
  }

  function clamp(value, half) {
    return half >= 0.5 ? 0.5 : Math.min(1 - half, Math.max(half, value));
  }

  function place(doc, page, view, x, y) {
    const halfX = page.sealWidth / 2;
    const halfY = halfX * page.aspect;
    const placement = { docId: doc.id, page: page.number, x: clamp(x, halfX), y: clamp(y, halfY) };
    const seal = el("div", { class: "placed-seal" });
    if (data.sealTypes.includes(1)) seal.append(sealImage());
    const show = () => Object.assign(seal.style, {
      left: percent(placement.x - halfX), top: percent(placement.y - halfY), width: percent(halfX * 2), height: percent(halfY * 2),
    });
    seal.append(el("button", {
      class: "remove", type: "button", "aria-label": text.remove, text: "×",
      onclick: (event) => { event.stopPropagation(); placements.splice(placements.indexOf(placement), 1); seal.remove(); updateHint(doc); },
    }));
    let grip = null;
    seal.addEventListener("pointerdown", (event) => {
      if (event.target.closest(".remove")) return;
      event.preventDefault();
      const box = view.getBoundingClientRect();
      grip = { box, dx: event.clientX - box.left - placement.x * box.width, dy: event.clientY - box.top - placement.y * box.height };
      seal.setPointerCapture(event.pointerId);
      seal.classList.add("moving");
    });
    seal.addEventListener("pointermove", (event) => {
      if (!grip) return;
      const box = view.getBoundingClientRect();
      placement.x = clamp((event.clientX - box.left - grip.dx) / box.width, halfX);
      placement.y = clamp((event.clientY - box.top - grip.dy) / box.height, halfY);
      show();
    });
    const release = () => { grip = null; seal.classList.remove("moving"); };
    seal.addEventListener("pointerup", release);
    seal.addEventListener("pointercancel", release);
    show();
    placements.push(placement);
    view.append(seal);
    updateHint(doc);
  }

  function updateHint(doc) {
    const hint = hints.get(doc.id);
    const count = placements.filter((one) => one.docId === doc.id).length;
    hint.classList.remove("missing");
    hint.querySelector(".message").textContent = count ? fill(text.placed, { count }) : text.tap_to_place;
    hint.querySelector(".message").classList.toggle("placed", count > 0);
  }

  function documentView(doc) {
    const section = el("section", { class: "document", id: `document-${doc.index}` },
      el("div", { class: "document-head" }, el("h2", { text: doc.name })));
    const views = doc.pages.map((page) => pageView(doc, page));
    if (doc.needsPlace) {
      const hint = el("div", { class: "hint" }, el("span", { class: "message", text: text.tap_to_place }),
        el("button", {
          class: "button small", type: "button", id: `place-default-${doc.index}`, text: text.place_default,
          onclick: () => {
            const last = doc.pages.length - 1;
            place(doc, doc.pages[last], views[last], 0.75, 0.8);
            views[last].scrollIntoView({ block: "end" });
          },
        }));
      hints.set(doc.id, hint);
      section.append(hint);
    }
    doc.pages.forEach((page, i) => section.append(views[i],
      el("p", { class: "page-number", text: fill(text.page_of, { page: page.number, pages: doc.pages.length }) })));
    return section;
  }

  // ---- acting -----------------------------------------------------------
  let isBusy = false;
  async function post(action, body) {
    if (isBusy) return;
    isBusy = true;
    const signButton = document.getElementById("sign-button");
    const label = signButton.textContent;
    signButton.disabled = true;
    if (action === "sign") signButton.textContent = text.working;
    showError("");
    try {
      const response = await fetch(`${base}/${action}`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token, ...body }),
      });
      const answer = await response.json();
      if (!answer.ok) throw new Error(answer.msg || "");
      finish(answer);
    } catch (error) {
      showError(error.message ? `${text.failed}: ${error.message}` : text.failed);
      signButton.disabled = false;
      signButton.textContent = label;
    } finally {
      isBusy = false;
    }
  }

  function finish(answer) {
    document.querySelectorAll(".veil, .bar").forEach((node) => node.remove());
    const state = answer.state;
    const redirectUrl = state === "signed" ? answer.redirectUrl : "";
    const main = document.querySelector("main");
    main.replaceChildren(notice(state, { redirectUrl, isComplete: answer.isComplete, reason: answer.reason || "" }));
    scrollTo(0, 0);
    document.body.dataset.state = state;
    if (redirectUrl && /^https?:\/\//i.test(redirectUrl)) setTimeout(() => location.assign(redirectUrl), 1500);
  }

  function showError(message) {
    const node = document.getElementById("error");
    node.textContent = message;
    node.hidden = !message;
  }

  function missingDocument() {
    return data.documents.find((doc) => doc.needsPlace && !placements.some((one) => one.docId === doc.id));
  }

  function onSign() {
    const missing = missingDocument();
    if (missing) {
      const hint = hints.get(missing.id);
      hint.classList.add("missing");
      hint.querySelector(".message").textContent = text.must_place;
      hint.scrollIntoView({ block: "center" });
      return;
    }
    if (sealType === 0) openPad();
    else sign({});
  }

  // Some certificates have to be presented, which a rehearsal can only ask about.
  function sign(drawn) {
    const remark = document.getElementById("remark").value;
    const send = () => post("sign", { placements, platform, certificate: data.certificate, remark, ...drawn });
    if (![3, 4, 5].includes(data.certificate)) { send(); return; }
    openDialog(el("h2", { text: text[`certificate_${data.certificate}`] }), el("p", { text: text.certificate_note }),
      el("div", { class: "buttons" }, cancelButton(), el("button", {
        class: "button primary", type: "button", id: "certificate-confirm", text: text.certificate_confirm,
        onclick: (event) => { event.target.closest(".veil").remove(); send(); },
      })));
  }

  function openDialog(...children) {
    const veil = el("div", { class: "veil" });
    const dialog = el("div", { class: "dialog", role: "dialog", "aria-modal": "true" }, ...children);
    veil.append(dialog);
    veil.addEventListener("keydown", (event) => { if (event.key === "Escape") veil.remove(); });
    document.body.append(veil);
    return veil;
  }

  function cancelButton() {
    return el("button", { class: "button", type: "button", text: text.cancel, onclick: (event) => event.target.closest(".veil").remove() });
  }

  function openRefusal() {
    const reason = el("textarea", { id: "refuse-reason", maxlength: "200" });
    openDialog(
      el("h2", { text: text.refuse_title }), el("p", { text: text.refuse_note }),
      el("label", { for: "refuse-reason", text: text.refuse_reason }), reason,
      el("div", { class: "buttons" }, cancelButton(), el("button", {
        class: "button danger solid", type: "button", id: "refuse-confirm", text: text.refuse_confirm,
        onclick: () => post("refuse", { reason: reason.value }),
      })));
    reason.focus();
  }

  function openPad() {
    const strokes = [];
    const canvas = el("canvas", { id: "pad", "aria-label": text.pad_title });
    const message = el("p", { text: text.pad_title });
    openDialog(el("h2", { text: text.hand_drawn }), message, canvas,
      el("div", { class: "buttons" }, cancelButton(),
        el("button", { class: "button", type: "button", id: "pad-clear", text: text.pad_clear, onclick: () => { strokes.length = 0; draw(); } }),
        el("button", {
          class: "button primary", type: "button", id: "pad-confirm", text: text.pad_confirm,
          onclick: () => {
            if (!strokes.length) { message.textContent = text.pad_empty; return; }
            sign({ strokes, aspect: canvas.clientWidth / canvas.clientHeight });
          },
        })));
    const pen = canvas.getContext("2d");
    function draw() {
      const ratio = window.devicePixelRatio || 1;
      const width = canvas.clientWidth, height = canvas.clientHeight;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      pen.scale(ratio, ratio);
      Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#1a1f4d" });
      for (const stroke of strokes) {
        pen.beginPath();
        stroke.forEach(([x, y], i) => (i ? pen.lineTo(x * width, y * height) : pen.moveTo(x * width, y * height)));
        if (stroke.length === 1) pen.lineTo(stroke[0][0] * width + 0.1, stroke[0][1] * height);
        pen.stroke();
      }
    }
    function point(event) {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
        .map((value) => Math.round(Math.min(1, Math.max(0, value)) * 10000) / 10000);
    }
    let current = null;
    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      current = [point(event)];
      strokes.push(current);
      draw();
    });
    canvas.addEventListener("pointermove", (event) => { if (current) { current.push(point(event)); draw(); } });
    const lift = () => { current = null; };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    draw();
  }

  function bar() {
    const inner = el("div", { class: "bar-inner" }, el("p", { class: "error", id: "error", role: "alert", hidden: "" }));
    if (data.sealTypes.length > 1) {
      const choice = el("div", { class: "choice", role: "group" });
      for (const [type, label, id] of [[1, text.template_seal, "seal-template"], [0, text.hand_drawn, "seal-drawn"]]) {
        choice.append(el("button", {
          type: "button", id, text: label, "aria-pressed": String(type === sealType),
          onclick: (event) => {
            sealType = type;
            for (const one of choice.children) one.setAttribute("aria-pressed", String(one === event.currentTarget));
          },
        }));
      }
      inner.append(choice);
    }
    inner.append(el("input", { id: "remark", class: "remark", maxlength: "200", placeholder: text.remark, "aria-label": text.remark }));
    const count = data.documents.length;
    inner.append(el("span", { class: "spacer" }),
      el("button", { class: "button danger", type: "button", id: "refuse-button", text: text.refuse, onclick: openRefusal }),
      el("button", { class: "button primary", type: "button", id: "sign-button", text: count > 1 ? fill(text.sign_all, { count }) : text.sign, onclick: onSign }));
    return el("div", { class: "bar" }, inner);
  }

  // ---- put together -----------------------------------------------------
  app.append(...head());
  const main = el("main");
  app.append(main);
  function showContract() {
    const views = data.documents.map(documentView);
    if (platform !== 1) views.unshift(el("p", { class: "hint", id: "platform-note", text: fill(text.platform_note, { platform: text[`platform_${platform}`] }) }));
    main.replaceChildren(...views);
    app.append(bar());
  }

  function platformChoice() {
    return el("section", { class: "notice calm", id: "platforms" }, el("h2", { text: text.choose_platform }),
      ...data.platforms.map((one) => el("button", {
        class: "button", type: "button", id: `platform-${one}`, text: text[`platform_${one}`],
        onclick: () => { platform = one; showContract(); },
      })));
  }

  if (data.state !== "to-sign") main.append(notice(data.state, data), ...data.documents.map(documentView));
  else if (data.platforms.some((one) => one !== 1)) main.append(platformChoice());
  else showContract();

  if (["waiting-turn", "not-started", "to-be-confirmed", "to-sign"].includes(data.state)) {
    setInterval(async () => {
      if (isBusy || document.body.dataset.state !== data.state || document.hidden) return;
      try {
        const answer = await (await fetch(`${base}/state`)).json();
        if (!isBusy && answer.state && answer.state !== data.state && document.body.dataset.state === data.state) location.reload();
      } catch { /* the next round tries again */ }
    }, data.state === "to-sign" ? 10000 : 3000);
  }
})();

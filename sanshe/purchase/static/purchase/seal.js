/* Seals a bid in the bidder's own browser, and tells a mistyped key code before it is sent.
 *
 * The bytes are those of sanshe/purchase/sealing (format.py, archive.py, key.py say what each one is). One file, no
 * dependency, so that it can be read in one sitting and its SHA-256 published (`sanshe bid script-hash`).
 * The key is made here, shown here, and leaves this computer only when the bidder types it in at the opening.
 * Inputs of the bid carry no `name`, so no browser ever puts them into a request by itself. */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const MAGIC = [0x89, 0x53, 0x42, 0x49, 0x44, 0x0d, 0x0a, 0x1a];
const CODE = 28, KEY_CHARS = 26, STEP = 65536, MAX_LIST = 1048576, MAX_FILES = 20;
const utf8 = new TextEncoder();

export class SealError extends Error {}

/* ---- the key and its code */

const EXP = [1];
while (EXP.length < 31) { const next = EXP[EXP.length - 1] << 1; EXP.push(next & 32 ? next ^ 37 : next); }
const LOG = new Map(EXP.map((value, power) => [value, power]));
const times = (x, y) => (x && y ? EXP[(LOG.get(x) + LOG.get(y)) % 31] : 0);

function sums(symbols) {
  let plain = 0, weighted = 0;
  symbols.forEach((symbol, place) => { plain ^= symbol; weighted ^= times(symbol, EXP[CODE - 1 - place]); });
  return [plain, weighted];
}

export const newKey = () => crypto.getRandomValues(new Uint8Array(16));

export function codeOf(key) {
  let number = 0n;
  for (const byte of key) number = (number << 8n) | BigInt(byte);
  number <<= 2n;
  const symbols = [];
  for (let place = KEY_CHARS - 1; place >= 0; place--) symbols.push(Number((number >> BigInt(5 * place)) & 31n));
  const [plain, weighted] = sums(symbols);
  const first = times(plain ^ weighted, EXP[(31 - LOG.get(3)) % 31]);
  return grouped([...symbols, first, plain ^ first].map((symbol) => ALPHABET[symbol]).join(""), 4, "-");
}

const grouped = (text, size, by) => text.match(new RegExp(`.{1,${size}}`, "g")).join(by);

function plainCode(text) {
  return [...text.normalize("NFKC").toUpperCase().replace(/[\s\-_·.—–‐‑−ー]/g, "")];
}

const likely = (character) => ({ I: "1", L: "1", O: "0", U: "V" })[character] ?? character;

/* {code} of a well-typed key code, or {sentence} that says where to look. */
export function readCode(text) {
  const kept = plainCode(text);
  const symbols = kept.map((character) => ALPHABET.indexOf(likely(character)));
  const bad = symbols.indexOf(-1);
  if (bad >= 0) {
    return { sentence: `钥匙码只由数字和英文字母组成，请核对第 ${Math.floor(Math.min(bad, CODE - 1) / 4) + 1} 组里的「${kept[bad]}」。` };
  }
  if (!kept.length) return { sentence: "请输入钥匙码。" };
  if (kept.length < CODE) return { sentence: `钥匙码共 ${CODE} 位，还少 ${CODE - kept.length} 位。` };
  if (kept.length > CODE) return { sentence: `钥匙码共 ${CODE} 位，多了 ${kept.length - CODE} 位。` };
  const [plain, weighted] = sums(symbols);
  if (plain && weighted) {
    const place = CODE - 1 - ((LOG.get(weighted) - LOG.get(plain) + 31) % 31);
    if (place >= 0) return { sentence: `钥匙码有误，多半在第 ${Math.floor(place / 4) + 1} 组，请核对后重新输入。` };
  }
  if (plain || weighted || symbols[KEY_CHARS - 1] & 3) return { sentence: "钥匙码有误，请逐组核对后重新输入。" };
  return { code: grouped(symbols.map((symbol) => ALPHABET[symbol]).join(""), 4, "-") };
}

/* ---- the content */

function canonical(value, depth = 0) {
  if (depth > 4) throw new SealError("填写的内容结构过深。");
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new SealError("数字须是整数，金额以分为单位。");
    return String(value + 0);
  }
  if (typeof value === "string") {
    if (/[\x00-\x08\x0b\x0c\x0e-\x1f]|\p{Cs}/u.test(value)) throw new SealError("文字里有不能保存的控制字符，请删去后再试。");
    return JSON.stringify(value);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map((part) => canonical(part, depth + 1)).join(",")}]`;
  const keys = Object.keys(value).sort();
  if (keys.some((key) => !/^[a-z][a-z0-9_]{0,39}$/.test(key))) throw new SealError("字段名不合规格。");
  return `{${keys.map((key) => `"${key}":${canonical(value[key], depth + 1)}`).join(",")}}`;
}

/* A file name that the opening will accept; unlike the reader this mends instead of refusing. */
export function fileName(name, taken) {
  const odd = /[/\\:*?"<>|\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu;
  const clean = name.trim().replace(odd, "_").replace(/^\./, "_") || "附件";
  const [, stem, ending] = /^(.*?)(\.[^.]{1,10})?$/s.exec(clean);
  for (let number = 1; ; number++) {
    const tail = (number > 1 ? `(${number})` : "") + (ending ?? "");
    const tried = [...stem].slice(0, 120 - [...tail].length).join("").trimEnd() + tail;
    if (!taken.has(tried)) { taken.add(tried); return tried; }
  }
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

function joined(parts, length = parts.reduce((sum, part) => sum + part.length, 0)) {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
}

function u32(number) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

async function archive(fields, files) {
  if (files.length > MAX_FILES) throw new SealError(`附件最多 ${MAX_FILES} 个。`);
  const listed = [];
  for (const { name, data } of files) {
    listed.push(`{"name":${canonical(name)},"sha256":"${hex(await sha256(data))}","size":${data.length}}`);
  }
  const list = utf8.encode(`{"fields":${canonical(fields)},"files":[${listed.join(",")}],"format":1}`);
  if (list.length > MAX_LIST) throw new SealError("填写的文字太长，请把长的内容作为文件附上。");
  return [u32(list.length), list, ...files.map((file) => file.data)];
}

/* The sealed bytes of fields {name: value} and files [{name, data: Uint8Array}]. `salt` is for tests only. */
export async function seal({ fields, files, call, bidder, key, salt }) {
  for (const id of [call, bidder]) if (!/^[!-~]{1,64}$/.test(id)) throw new SealError("页面缺少比选或投标人的编号，请刷新后再试。");
  salt ??= crypto.getRandomValues(new Uint8Array(32));
  const parts = await archive(fields, files);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const plain = joined([u32(Math.floor(length / 2 ** 32)), u32(length % 2 ** 32), ...parts], Math.ceil((8 + length) / STEP) * STEP);
  const secret = await crypto.subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt, info: utf8.encode("sanshe sealed bid 1") };
  const made = new Uint8Array(await crypto.subtle.deriveBits(how, secret, 76 * 8));
  const aes = await crypto.subtle.importKey("raw", made.slice(0, 32), "AES-GCM", false, ["encrypt"]);
  const ids = [call, bidder].map((id) => joined([[id.length], utf8.encode(id)]));
  const header = joined([MAGIC, [1], salt, made.slice(44), ...ids]);
  const cipher = { name: "AES-GCM", iv: made.slice(32, 44), additionalData: header };
  const body = joined([header, new Uint8Array(await crypto.subtle.encrypt(cipher, aes, plain))]);
  return joined([body, await sha256(body)]);
}

/* ---- the form */

const usable = () => Boolean(globalThis.isSecureContext && globalThis.crypto?.subtle);

function fen(text) {
  const plain = text.normalize("NFKC").replace(/[\s,，¥元]/g, "");
  if (!/^\d{1,12}(\.\d{1,2})?$/.test(plain)) throw new SealError("报价请填以元为单位的金额，最多两位小数，例如 125000 或 125000.50。");
  const [yuan, rest = ""] = plain.split(".");
  return Number(yuan) * 100 + Number(rest.padEnd(2, "0"));
}

function valueOf(input) {
  const text = input.value.replace(/[\x0b\x0c]/g, "\n").replace(/[\x00-\x08\x0e-\x1f]/g, "").replace(/\r\n?/g, "\n").trim();
  if (input.dataset.sealKind === "yuan") return text ? fen(text) : null;
  if (input.dataset.sealKind === "whole") {
    if (text && !/^\d{1,12}$/.test(text)) throw new SealError("这里请填整数。");
    return text ? Number(text) : null;
  }
  return text;
}

/* Reads the marked inputs. An error carries the input it belongs to. */
async function contentOf(form) {
  const fields = {}, files = [], taken = new Set();
  const total = [...form.querySelectorAll("[data-seal-files]")].flatMap((input) => [...input.files]).reduce((sum, file) => sum + file.size, 0);
  const most = Number(form.dataset.maxBytes || Infinity);
  if (total > most) throw new SealError(`附件合计 ${(total / 1048576).toFixed(1)} MB，超过上限 ${Math.floor(most / 1048576)} MB，请压缩或减少附件。`);
  for (const input of form.querySelectorAll("[data-seal-field]")) {
    if (input.type === "radio" && !input.checked) continue;
    try {
      fields[input.dataset.sealField] = input.type === "checkbox" ? input.checked : valueOf(input);
    } catch (error) {
      throw Object.assign(error, { input });
    }
  }
  for (const input of form.querySelectorAll("[data-seal-files]")) {
    for (const file of input.files) {
      const data = await file.arrayBuffer().catch(() => {
        throw Object.assign(new SealError(`附件「${file.name}」读不出来，可能已被移动或删除，请重新选择。`), { input });
      });
      files.push({ name: fileName(file.name, taken), data: new Uint8Array(data) });
    }
  }
  return { fields, files };
}

async function drawQr(box, text, url) {
  if (!box || !url) return;
  try {
    const { generate } = await import(url);
    const bits = generate(text), edge = bits.size + 8;
    let path = "";
    for (let y = 0; y < bits.size; y++) for (let x = 0; x < bits.size; x++) if (bits.get(x, y)) path += `M${x + 4} ${y + 4}h1v1h-1z`;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${edge} ${edge}`);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", "钥匙码的二维码");
    svg.append(document.createElementNS(svg.namespaceURI, "path"));
    svg.firstChild.setAttribute("d", path);
    box.replaceChildren(svg);
    box.hidden = false;
  } catch { box.hidden = true; } // the code in letters is enough
}

function save(name, parts, type) {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/* Where to go after an upload, if the answer confirms the digest that was computed here; else null. */
function receiptOf(request, digest) {
  try {
    const { next, sha256: seen } = JSON.parse(request.responseText);
    return seen === digest ? next : null;
  } catch { /* a page: it shows the digest in an element marked data-seal-receipt */ }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const seen = page.querySelector("[data-seal-receipt]")?.textContent.replace(/\s/g, "").toLowerCase();
  return seen === digest ? request.responseURL : null;
}

function refusal(request) {
  const type = request.getResponseHeader("content-type") ?? "";
  if (type.startsWith("application/json")) {
    try { const said = JSON.parse(request.responseText).errors; if (said?.length) return said.join(" "); } catch { /* below */ }
  } else if (type.startsWith("text/html")) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const said = [...page.querySelectorAll("[data-seal-refused], .error-list li, .errorlist li")].map((one) => one.textContent.trim());
    if (said.length) return said.join(" ");
  }
  const known = {
    0: "网络不通，密封文件没有送达。", 401: "登录已过期，请在另一个页面重新登录。", 403: "登录已过期，或您没有为本单位投标的权限。",
    404: "没有找到这次比选。", 409: "这次比选此刻不接收投标。", 413: "密封文件太大，服务器没有接收。", 429: "提交过于频繁，请稍候。",
  };
  const unproved = request.status >= 200 && request.status < 300 && "服务器没有给出与本机一致的回执，可能是登录已过期。";
  return `${known[request.status] || unproved || "服务器没有收下密封文件。"}您填写的内容和钥匙码都还在本页，可以再次提交。`;
}

export function mountSealForm(form) {
  const part = (name) => form.querySelector(`[data-seal-${name}]`);
  const show = (name, visible) => { const box = part(name); if (box) box.hidden = !visible; };
  const say = (text, wrong = false) => { part("status").textContent = wrong ? "" : text; part("error").textContent = wrong ? text : ""; };
  const { call, bidder } = form.dataset;
  let key = null, sealed = null, digest = "", sent = false, edits = 0;

  if (!usable()) {
    for (const why of form.querySelectorAll("[data-seal-why]")) why.hidden = why.dataset.sealWhy !== "secure";
    return;
  }
  show("desk", false);
  show("body", true);
  for (const input of form.querySelectorAll("[data-seal-field], [data-seal-files], [data-seal-typed]")) input.removeAttribute("name");

  const wanted = () => codeOf(key).slice(-4);
  const confirmed = () => key && plainCode(part("typed").value).map(likely).join("") === wanted();
  const refresh = () => { part("send").disabled = !(sealed && confirmed()); show("first", part("send").disabled); };

  async function close() {
    if (!form.reportValidity()) return;
    part("close").disabled = true;
    say("正在本机密封……");
    const before = edits;
    try {
      const content = await contentOf(form);
      key ??= newKey();
      sealed = await seal({ ...content, call, bidder, key });
      digest = hex(await sha256(sealed));
      part("code").textContent = codeOf(key);
      part("digest").textContent = grouped(digest, 8, " ");
      show("card", true);
      await drawQr(part("qr"), codeOf(key), form.dataset.qr);
      if (edits !== before) throw new SealError("密封期间内容有改动，请重新密封；钥匙码不变。");
      say(`已在本机密封，附件 ${content.files.length} 个。请先保存钥匙码，再输入它的最后一组。`);
      part("card").focus();
    } catch (error) {
      sealed = null;
      say(error instanceof SealError ? error.message : "本机密封没有成功，请换用较新的浏览器再试，或改用纸质信封。", true);
      error.input?.focus();
    }
    part("close").disabled = false;
    refresh();
  }

  function send() {
    if (!sealed || !confirmed() || part("send").disabled) return;
    const body = new FormData(), name = form.dataset.sealedName || "sealed";
    for (const input of form.querySelectorAll("input[type=hidden][name], [data-seal-plain][name]")) {
      if (!/^(checkbox|radio)$/.test(input.type) || input.checked) body.append(input.name, input.value);
    }
    body.append(name, new Blob([sealed], { type: "application/octet-stream" }), "bid.sealed");
    body.append(`${name}_sha256`, digest);
    const request = new XMLHttpRequest(), bar = part("progress");
    request.open("POST", form.getAttribute("action") || location.href);
    request.setRequestHeader("Accept", "application/json, text/html");
    request.upload.onprogress = (event) => { if (bar && event.lengthComputable) { bar.hidden = false; bar.max = event.total; bar.value = event.loaded; } };
    request.onloadend = () => {
      if (bar) bar.hidden = true;
      const next = request.status >= 200 && request.status < 300 ? receiptOf(request, digest) : null;
      if (next) {
        sent = true;
        location.assign(next);
        return;
      }
      say(refusal(request), true);
      refresh();
    };
    part("send").disabled = true; // one effect of a double click
    say("正在上传密封文件……");
    request.send(body);
  }

  const keepsake = () => `投标钥匙\n\n比选：${form.dataset.callTitle || call}\n投标人：${form.dataset.bidderName || bidder}\n钥匙码：${codeOf(key)}\n`
    + `密封文件 SHA-256：${digest}\n\n开启时请在规定时间内输入钥匙码。钥匙码只在您手中，丢失后任何人都打不开这份投标文件。\n`;
  const does = {
    close, send,
    copy: async () => say(await navigator.clipboard.writeText(codeOf(key)).then(() => "已复制钥匙码。", () => "浏览器不允许复制，请抄写或打印。")),
    save: () => save(`投标钥匙-${call}.txt`, ["\ufeff", keepsake().replace(/\n/g, "\r\n")], "text/plain"),
    keep: () => save(`${call}.sealed`, [sealed], "application/octet-stream"),
    print: () => { document.documentElement.classList.add("seal-printing"); print(); document.documentElement.classList.remove("seal-printing"); },
  };
  for (const [name, act] of Object.entries(does)) part(name)?.addEventListener("click", (event) => { event.preventDefault(); act(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); if (confirmed()) send(); else if (!sealed) close(); });
  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-seal-field], [data-seal-files]")) {
      edits++;
      if (sealed) say("内容有改动，请重新密封；钥匙码不变。");
      sealed = null;
    }
    refresh();
    if (event.target === part("typed") && key && plainCode(event.target.value).length >= 4) {
      say(confirmed() ? "最后一组正确，可以提交。" : "最后一组不对，请对照您保存的钥匙码。", !confirmed());
    }
  });
  addEventListener("beforeunload", (event) => { if (key && !sent) event.preventDefault(); });
  refresh();
}

/* At the opening: <input data-seal-key>, with the sentence in the element that its aria-describedby names. */
export function mountKeyInput(input) {
  const box = document.getElementById((input.getAttribute("aria-describedby") ?? "").split(" ").pop());
  const check = () => {
    const read = readCode(input.value);
    input.setCustomValidity(read.sentence ?? "");
    return read;
  };
  input.addEventListener("input", () => { const { code } = check(); if (box) box.textContent = code ? "钥匙码书写正确。" : ""; });
  input.addEventListener("change", () => {
    const { code, sentence } = check();
    if (code) input.value = code;
    if (box) box.textContent = code ? "钥匙码书写正确。" : sentence;
  });
}

for (const form of document.querySelectorAll("form[data-seal]")) mountSealForm(form);
for (const input of document.querySelectorAll("input[data-seal-key]")) mountKeyInput(input);

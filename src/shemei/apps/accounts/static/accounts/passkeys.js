// Forms with data-passkey ask the browser for a passkey, put the answer into "credential" and go on.
// "create" registers one, "get" proves one with the options in #passkey-data, "fetch" asks the server for them.

const options = () => JSON.parse(document.getElementById("passkey-data").textContent);

async function fetched(form) {
  const response = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
  if (!response.ok) throw new Error("unavailable");
  return (await response.json()).request_options;
}

function registration(form) {
  const wanted = structuredClone(options().creation_options.publicKey);
  const direct = form.elements.passwordless?.checked ?? false;
  wanted.authenticatorSelection = {
    ...wanted.authenticatorSelection,
    residentKey: direct ? "required" : "discouraged",
    requireResidentKey: direct,
    ...(direct && { userVerification: "required" }),
  };
  return PublicKeyCredential.parseCreationOptionsFromJSON(wanted);
}

async function credential(form) {
  if (form.dataset.passkey === "create") {
    return navigator.credentials.create({ publicKey: registration(form) });
  }
  const asked = form.dataset.passkey === "fetch" ? await fetched(form) : options().request_options;
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked.publicKey) });
}

function reason(error) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return "这个浏览器不支持通行密钥，或网址不是 https。请换用密码，或升级浏览器。";
  if (error.name === "NotAllowedError") return "没有完成验证：可能取消了，或超过了时间。请再试一次，或换用密码。";
  if (error.name === "InvalidStateError") return "这台设备已经添加过了，不用再加。";
  return "没有拿到通行密钥。请再试一次，或换用密码。";
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = form.querySelector(".err[role=alert]");
    const button = form.querySelector("[type=submit]");
    told.hidden = true;
    button.disabled = true;
    try {
      form.elements.credential.value = JSON.stringify((await credential(form)).toJSON());
      form.submit();
    } catch (error) {
      told.textContent = reason(error);
      told.hidden = false;
      button.disabled = false;
    }
  });
}

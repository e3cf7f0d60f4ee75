// A text and a button that copies it. The text is only ever set as textContent.

export default function (component) {
  const { parentElement, data } = component;
  const [text, button, status] = ["p", "button", "span"].map((tag) => parentElement.querySelector(tag));
  if (text.textContent !== data.text) status.textContent = "";
  text.textContent = data.text;
  button.textContent = data.label;
  button.onclick = async () => {
    status.textContent = (await copied(data.text, text)) ? "Copied" : "Selected: press Ctrl+C";
  };
}

// Without TLS a browser gives pages no clipboard; the text is selected then.
async function copied(words, element) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return false;
  }
}

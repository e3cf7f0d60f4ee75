// Pictures that are pasted anywhere on the page go where dropped ones go.

export default function (component) {
  const { drop } = component.data;
  const paste = (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const input = document.querySelector(`.st-key-${drop} input[type="file"]`);
    if (!files.length || !input) return;
    const given = new DataTransfer();
    for (const file of files) given.items.add(file);
    input.files = given.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    event.preventDefault();
  };
  document.addEventListener("paste", paste);
  return () => document.removeEventListener("paste", paste);
}

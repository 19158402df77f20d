// What a handle of the figure commits goes this way, so that the inputs are drawn again; the rest concerns the figure alone.
export default function ({ parentElement, setTriggerValue }) {
  parentElement.querySelector(".valley-line").commit = (values) => setTriggerValue("commit", { values });
}

/** How soon Enter on something else cannot have been meant, in milliseconds. */
const hastyMs = 750

type Pressed = { readonly target: EventTarget | null; readonly atMs: number }

/** What a click activates, not the icon or the text in it. */
const controlAt = (target: EventTarget | null): Element | null =>
  target instanceof Element ? target.closest('button, a, input, label, [role]') : null

function drop(event: Event): void {
  event.preventDefault()
  event.stopImmediatePropagation()
}

const isEnter = (event: KeyboardEvent): boolean => event.key === 'Enter'

/**
 * Drops input that was meant for what stood there before, on every page: the repeats of a held Enter, an Enter shortly after
 * one that has moved the focus to something else, and the second click of a double click when it hits something else than
 * the first. Without it a double Enter in an amount field would confirm what it has just opened. Returns a function that
 * stops it.
 */
export function dropHastyInput(): () => void {
  let entered: Pressed | undefined
  let clicked: Element | null = null
  const forget = () => {
    entered = undefined
  }
  const onKey = (event: KeyboardEvent) => {
    if (!isEnter(event)) {
      forget()
      return
    }
    const { target, timeStamp } = event
    if (target instanceof HTMLTextAreaElement) return
    const isHasty =
      entered !== undefined && entered.target !== target && timeStamp - entered.atMs < hastyMs
    if (event.repeat || isHasty) drop(event)
    else entered = { target, atMs: timeStamp }
  }
  const onClick = (event: MouseEvent) => {
    const control = controlAt(event.target)
    if (event.detail > 1 && control !== null && control !== clicked) drop(event)
    else clicked = control
  }
  // Whoever types, points or moves on with another key knows where the focus is.
  const listeners = [
    ['keydown', onKey],
    ['click', onClick],
    ['input', forget],
    ['pointerdown', forget],
  ] as const
  for (const [name, listener] of listeners) {
    window.addEventListener(name, listener as EventListener, { capture: true })
  }
  return () => {
    for (const [name, listener] of listeners) {
      window.removeEventListener(name, listener as EventListener, { capture: true })
    }
  }
}

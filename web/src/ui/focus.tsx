import {
  type MouseEvent,
  type ReactNode,
  type SyntheticEvent,
  useEffectEvent,
  useLayoutEffect,
} from 'react'

type RootProps = Record<string, unknown> & {
  readonly disabled?: boolean
  readonly onClick?: (event: MouseEvent) => void
}

/**
 * The `renderRoot` of buttons that are disabled by being pressed, such as while their request runs. Browsers take the
 * focus from a disabled element, so these are only marked as disabled and ignore clicks, also those of Enter in a field.
 */
export const steady = ({ disabled, onClick, ...props }: RootProps): ReactNode => (
  <button
    {...props}
    aria-disabled={disabled || undefined}
    onClick={disabled ? (event) => event.preventDefault() : onClick}
  />
)

/** Focuses the first field of a submitted form whose name is among the refused ones. */
export function focusRefused(form: EventTarget | undefined, names: readonly string[]): void {
  if (!(form instanceof HTMLFormElement)) return
  const fields = [...form.elements].filter((field) => field instanceof HTMLElement)
  fields.find(({ dataset: { path } }) => path !== undefined && names.includes(path))?.focus()
}

/** The same for the errors that a form found itself before it was sent. */
export const focusInvalid = (
  errors: Readonly<Record<string, unknown>>,
  _values: unknown,
  event: SyntheticEvent | undefined,
): void => focusRefused(event?.target, Object.keys(errors))

/**
 * Call it before a row is removed, and the result when it was: the focus moves to the last button of a neighbouring row,
 * or to the heading of the list. It stays where the user has moved it meanwhile.
 */
export function leaveRow(button: HTMLElement): () => void {
  const row = button.closest('tr, li')
  const rows = [...(row?.parentElement?.children ?? [])]
  const place = row ? rows.indexOf(row) : 0
  const neighbours = [...rows.slice(place + 1), ...rows.slice(0, place).reverse()]
  const list = button.closest('.panel, main') ?? document.body
  const heading = list.querySelector<HTMLElement>('h1, h2')
  return () => {
    const { activeElement } = document
    if (activeElement !== document.body && activeElement !== button) return
    const buttons = neighbours.flatMap((other) => [...other.querySelectorAll('button')].slice(-1))
    const target = buttons.find(({ isConnected }) => isConnected) ?? heading
    target?.focus()
  }
}

/** What lies over the page and closes again. */
const overlay = '[role="dialog"], [role="menu"]'

function giveBack(before: Element | null): void {
  const { activeElement } = document
  const isLost =
    activeElement === null ||
    activeElement === document.body ||
    activeElement.closest(overlay) !== null
  if (!isLost || before === document.body) return
  const target = before?.isConnected ? before : document.querySelector('main')
  if (target instanceof HTMLElement) target.focus({ preventScroll: true })
}

/**
 * Returns the focus to what had it before a dialog or menu opened, unless the user has moved it meanwhile; to the page where that
 * is gone. Call it in the component that opens. Mantine remembers the focus too late: the dialog may have it already, above
 * all with reduced motion, and for one that is mounted open it remembers nothing. `origin` is where the focus was when it
 * has moved already.
 */
export function useFocusReturn(isOpen: boolean, origin?: Element | null): void {
  const findOrigin = useEffectEvent(() => origin ?? document.activeElement)
  useLayoutEffect(() => {
    if (!isOpen) return undefined
    const before = findOrigin()
    return () => {
      // Only then is the dialog gone, and a click outside has moved the focus.
      setTimeout(() => giveBack(before))
    }
  }, [isOpen])
}

/** For navigation that leaves nothing to return to. */
export const focusPage = (): void => document.querySelector('main')?.focus({ preventScroll: true })

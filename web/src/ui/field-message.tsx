import { type ReactNode, useEffect, useRef, useState } from 'react'

const order: ('label' | 'input' | 'description' | 'error')[] = [
  'label',
  'input',
  'description',
  'error',
]

/** The height of a line of hints and errors, in their own font size. */
const lineHeight = 1.25

/**
 * The hint of a field and the error that replaces it, below the field. Their lines are reserved, so that an error moves
 * nothing; they have one font size, so that a message takes the same lines below a large field.
 */
export function fieldMessage(error: ReactNode, hint: ReactNode = <></>, lines: 1 | 2 = 1) {
  const messageProps = { fz: 12, mih: `${lines * lineHeight}em` } as const
  return {
    inputWrapperOrder: order,
    description: error ? null : hint,
    descriptionProps: messageProps,
    error,
    errorProps: messageProps,
  }
}

const isText = 'input:not([type=radio], [type=checkbox])'

/** Typing, leaving a field, pressing a button, and sending. To arrive at a field is none: a shortcut does it. */
function isTouch({ type, target }: Event, area: Element | null): boolean {
  if (!(target instanceof Element) || !area?.contains(target)) return false
  if (type === 'click') return target.closest('button') !== null
  return type === 'submit' || target.matches(isText)
}

/**
 * The message of a field whose text may have come back with a draft: it is not called wrong before its user has done something
 * in the form, and after another draft has taken its place not before the next time.
 */
export function useTouched(draft = '') {
  const field = useRef<HTMLInputElement>(null)
  const [touched, setTouched] = useState({ draft, is: false })
  if (touched.draft !== draft) setTouched({ draft, is: false })
  useEffect(() => {
    const area = field.current?.form ?? field.current
    const touch = (event: Event) => {
      if (isTouch(event, area))
        setTouched((before) => (before.is ? before : { ...before, is: true }))
    }
    // What is typed is taken by the app first: to render before would put the old text back. A button may turn to another draft.
    const stop = new AbortController()
    document.addEventListener('input', touch, stop)
    for (const type of ['click', 'focusout', 'submit']) area?.addEventListener(type, touch, stop)
    return () => stop.abort()
  }, [])
  const isTouched = touched.is && touched.draft === draft
  return {
    field,
    judged: (wrong: ReactNode, hint: ReactNode = <></>, lines: 1 | 2 = 1) =>
      isTouched ? fieldMessage(wrong, hint, lines) : fieldMessage(null, wrong ?? hint, lines),
  }
}

type Editable = { readonly onChange: (event: unknown) => void }

/**
 * The props of a form's field with its message: the problem of the form, or the refusal of the server. A refusal is about
 * the value that was sent, so editing the field ends it.
 */
export function fieldProps<Input extends Editable>(
  input: Input,
  {
    problem,
    refused,
    forget,
  }: {
    readonly problem: ReactNode
    readonly refused: string | undefined
    readonly forget: () => void
  },
  hint?: ReactNode,
  lines?: 1 | 2,
) {
  return {
    ...input,
    onChange: (event: unknown) => {
      if (refused !== undefined) forget()
      input.onChange(event)
    },
    ...fieldMessage(problem ?? refused, hint, lines),
  }
}

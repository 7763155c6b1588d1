import type { ReactNode } from 'react'

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

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

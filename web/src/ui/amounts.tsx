import { createContext, type ReactNode, use } from 'react'

const HiddenAmounts = createContext(false)

/** Amounts of the user within it are dots when `areHidden` is true. */
export function AmountPrivacy({
  areHidden,
  children,
}: {
  areHidden: boolean
  children: ReactNode
}) {
  return <HiddenAmounts value={areHidden}>{children}</HiddenAmounts>
}

export const useHiddenAmounts = (): boolean => use(HiddenAmounts)

/** Replaces the dollar amounts in a sentence about the user. */
export const maskAmounts = (text: string): string => text.replace(/\$\d[\d,]*(\.\d+)?/g, '$••••')

export function HiddenAmount() {
  return (
    <span className="numeric">
      <span aria-hidden="true">••••••</span>
      <span className="visually-hidden">hidden</span>
    </span>
  )
}

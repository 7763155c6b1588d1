import { createContext, type ReactNode, use } from 'react'
import { i18n } from '../i18n.ts'

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
      <span className="visually-hidden">{i18n.t('hidden')}</span>
    </span>
  )
}

import { Checkbox } from '@mantine/core'
import { useState } from 'react'
import { formatExactPrice } from '../format/money.ts'
import { i18n } from '../i18n.ts'
import type { DraftedOrder } from './amounts.ts'
import { farLimit } from './term-facts.tsx'
import type { Preview } from './use-preview.ts'

type Checked = { readonly order: DraftedOrder; readonly preview: Preview | undefined }

/** A limit that is very far beyond the price from which it may fill is confirmed on its own, and again when it is another one. */
export function useLimitCheck({ order, preview }: Checked, isLocked: boolean) {
  const [meant, setMeant] = useState<string>()
  const far = preview && farLimit({ order, preview })
  if (far?.level !== 'danger') return { reason: null, check: null }
  const { limitPrice } = far
  return {
    reason: meant === limitPrice ? null : i18n.t('Confirm the limit price first.'),
    check: (
      <Checkbox
        mt="sm"
        color="loss.7"
        label={i18n.t('I mean a limit of {price}', { price: formatExactPrice(limitPrice) })}
        disabled={isLocked}
        checked={meant === limitPrice}
        onChange={({ currentTarget: { checked } }) => setMeant(checked ? limitPrice : undefined)}
      />
    ),
  }
}

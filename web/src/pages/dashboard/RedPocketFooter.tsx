import { Group, Text } from '@mantine/core'
import { Suspense, useState } from 'react'
import { lazily } from '../../api/lazily.ts'
import { config } from '../../config.ts'

const RedPocketModal = lazily(async () => (await import('./RedPocketModal.tsx')).RedPocketModal)

/** The dashboard's footer, and what is hidden in it. */
export function RedPocketFooter() {
  const [opening, setOpening] = useState(0)
  const [isOpen, setOpen] = useState(false)
  const open = () => {
    setOpening(opening + 1)
    setOpen(true)
  }
  return (
    <Group component="footer" justify="space-between" mt="xl" pt="sm">
      <Text size="xs" c="dimmed">
        {config.productName} · prices and money are simulated
      </Text>
      <button
        type="button"
        className="red-button"
        aria-label="Red pocket"
        title="恭喜发财"
        onClick={open}
      >
        <span aria-hidden="true">🧧</span>
      </button>
      {opening > 0 && (
        <Suspense>
          <RedPocketModal key={opening} isOpen={isOpen} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Group>
  )
}

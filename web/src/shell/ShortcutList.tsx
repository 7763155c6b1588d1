import { Group, Kbd, Modal, Stack, Switch, Text } from '@mantine/core'
import { i18n } from '../i18n.ts'
import { useLetterShortcuts } from '../preferences/preferences.ts'
import { useFocusReturn } from '../ui/focus.tsx'
import type { Shortcut } from './shortcuts.ts'

type ShortcutListProps = {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly shortcuts: readonly Shortcut[]
}

export function ShortcutList({ isOpen, onClose, shortcuts }: ShortcutListProps) {
  const [areOn, setOn] = useLetterShortcuts()
  useFocusReturn(isOpen)
  return (
    <Modal opened={isOpen} onClose={onClose} title={i18n.t('Keyboard shortcuts')}>
      <Stack gap={10}>
        {[{ key: 'Ctrl + K', label: i18n.t('Open the command palette') }, ...shortcuts].map(
          ({ key, label }) => (
            <Group key={key} justify="space-between">
              <Text size="sm">{label}</Text>
              <Kbd>{key}</Kbd>
            </Group>
          ),
        )}
        <Switch
          mt="sm"
          label={i18n.t('Single-key shortcuts')}
          description={i18n.t(
            'Turn them off if they get in the way of your voice or screen reader.',
          )}
          checked={areOn}
          onChange={(event) => setOn(event.currentTarget.checked)}
        />
      </Stack>
    </Modal>
  )
}

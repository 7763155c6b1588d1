import { Group, Progress, Stack, Text } from '@mantine/core'
import { IconCheck, IconPoint } from '@tabler/icons-react'
import { i18n } from '../i18n.ts'

type ShownRule = { readonly label: string; readonly isMet: boolean }

/** The password rules that are met, as text and as a bar. */
export function PasswordRules({ rules }: { rules: readonly ShownRule[] }) {
  const met = rules.filter(({ isMet }) => isMet).length
  const isComplete = met === rules.length
  return (
    <Stack gap={6} mt={-6}>
      <Progress
        value={(met / rules.length) * 100}
        color={isComplete ? 'gain' : met > 2 ? 'yellow' : 'loss'}
        size={5}
        aria-label={i18n.t('Rules met: {met} of {count}', { met, count: rules.length })}
      />
      <Group gap="4px 14px">
        {rules.map(({ label, isMet }) => (
          <Text key={label} size="xs" className={isMet ? 'up' : 'flat'} component="span">
            {isMet ? (
              <IconCheck size={12} aria-hidden="true" />
            ) : (
              <IconPoint size={12} aria-hidden="true" />
            )}{' '}
            {label}
            <span className="visually-hidden">
              {isMet ? i18n.t(' (met)') : i18n.t(' (missing)')}
            </span>
          </Text>
        ))}
      </Group>
    </Stack>
  )
}

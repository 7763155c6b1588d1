import { Checkbox, Group, NativeSelect, Stack } from '@mantine/core'
import { i18n } from '../i18n.ts'
import { type IndicatorName, type Indicators, indicatorNames, kindOf } from './indicator-kinds.ts'

type IndicatorFieldsProps = {
  readonly indicators: Indicators
  readonly onChange: (indicators: Indicators) => void
}

/** Which indicators a chart has, and by which numbers. */
export function IndicatorFields({ indicators, onChange }: IndicatorFieldsProps) {
  const change = (name: IndicatorName, changed: Partial<Indicators[IndicatorName]>) =>
    onChange({ ...indicators, [name]: { ...indicators[name], ...changed } })
  return (
    <Stack gap="sm">
      {indicatorNames.map((name) => {
        const { label, short, numbers } = kindOf(name)
        const { isOn, numbers: chosen } = indicators[name]
        return (
          <div key={name}>
            <Checkbox
              label={label}
              checked={isOn}
              onChange={({ currentTarget: { checked } }) => change(name, { isOn: checked })}
            />
            {isOn && (
              <Group gap={6} mt={4} ml={30}>
                {numbers.map((number, place) => (
                  <NativeSelect
                    key={number.label}
                    size="xs"
                    w={86}
                    label={number.label}
                    aria-label={i18n.t('{number} of {indicator}', {
                      number: number.label,
                      indicator: short,
                    })}
                    value={chosen[place] ?? number.initial}
                    onChange={({ currentTarget: { value } }) =>
                      change(name, { numbers: chosen.with(place, Number(value)) })
                    }
                    data={number.choices.map((choice) => ({
                      value: String(choice),
                      label: String(choice),
                    }))}
                  />
                ))}
              </Group>
            )}
          </div>
        )
      })}
    </Stack>
  )
}

import { Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** A figure below the total. */
export function HeroFigure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" className="hero-dim">
        {label}
      </Text>
      <Text fz={19} fw={620} component="div">
        {children}
      </Text>
    </div>
  )
}

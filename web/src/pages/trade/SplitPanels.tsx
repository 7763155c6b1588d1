import { type ReactNode, useState } from 'react'
import { Group, Panel, Separator } from 'react-resizable-panels'
import { useShares } from './layout.ts'

type Part = {
  readonly id: string
  /** In per cent. */
  readonly share: number
  /** In pixels. */
  readonly least: number
  readonly content: ReactNode
}

type SplitPanelsProps = {
  /** Under this name the browser remembers how the room is shared. */
  readonly name: string
  readonly orientation: 'horizontal' | 'vertical'
  /** What the separator changes, such as "Height of the chart". */
  readonly label: string
  readonly parts: readonly [Part, Part]
}

/** Two panels with a separator between them, which a pointer or the arrow keys move. */
export function SplitPanels({ name, orientation, label, parts }: SplitPanelsProps) {
  const [first, second] = parts
  const [shares, keep] = useShares(name, [first.id, second.id])
  // Later values are those of this very group.
  const [initial] = useState(shares)
  const panelOf = ({ id, share, least, content }: Part) => (
    <Panel id={id} defaultSize={`${share}%`} minSize={least} className="split-panel">
      {content}
    </Panel>
  )
  return (
    <Group
      id={name}
      orientation={orientation}
      defaultLayout={initial}
      onLayoutChanged={(layout, { isUserInteraction }) => {
        if (isUserInteraction) keep(layout)
      }}
    >
      {panelOf(first)}
      <Separator className="split-separator" aria-label={label} />
      {panelOf(second)}
    </Group>
  )
}

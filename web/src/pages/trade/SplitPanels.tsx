import { type ReactNode, useState } from 'react'
import { Group, Panel, Separator } from 'react-resizable-panels'
import { useShares } from './layout.ts'

type Part = {
  readonly id: string
  /** In per cent. */
  readonly share: number
  /** In pixels. */
  readonly least: number
  /** Whether it can be made smaller still, until nothing of it is left but the separator. */
  readonly canCollapse?: boolean
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
  // Parts with no room left are not there: nothing in them is read, and nothing has the focus.
  const [empty, setEmpty] = useState<readonly string[]>([])
  const panelOf = ({ id, share, least, canCollapse = false, content }: Part) => (
    <Panel
      id={id}
      defaultSize={`${share}%`}
      minSize={least}
      collapsible={canCollapse}
      onResize={({ inPixels }) => {
        if (!canCollapse || empty.includes(id) === (inPixels === 0)) return
        setEmpty(inPixels === 0 ? [...empty, id] : empty.filter((other) => other !== id))
      }}
      className="split-panel"
    >
      {empty.includes(id) ? null : content}
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

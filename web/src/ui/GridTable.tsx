import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { ReactNode } from 'react'

export type Column<Row, Key extends string = string> = {
  readonly header: string
  readonly cell: (row: Row) => ReactNode
  readonly isRight?: boolean
  /** Present when the list can be sorted by this column. */
  readonly sortKey?: Key
}

type Sorting<Key extends string> = {
  readonly by: Key
  readonly isDescending: boolean
  readonly onSort: (by: Key) => void
}

type GridTableProps<Row, Key extends string> = {
  readonly label: string
  readonly columns: readonly Column<Row, Key>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly sorting?: Sorting<Key>
}

function HeaderCell<Row, Key extends string>({
  column,
  sorting,
}: {
  column: Column<Row, Key>
  sorting: Sorting<Key> | undefined
}) {
  const { header, sortKey, isRight } = column
  const className = isRight ? 'right' : undefined
  if (!sortKey || !sorting) {
    return (
      <th scope="col" className={className}>
        {header}
      </th>
    )
  }
  const isSorted = sorting.by === sortKey
  const direction = sorting.isDescending ? 'descending' : 'ascending'
  const Arrow = sorting.isDescending ? IconArrowDown : IconArrowUp
  return (
    <th scope="col" className={className} aria-sort={isSorted ? direction : undefined}>
      <button type="button" className="sort-button" onClick={() => sorting.onSort(sortKey)}>
        {header}
        {isSorted && <Arrow size={13} aria-hidden="true" />}
      </button>
    </th>
  )
}

/** A plain table with sortable headers that scrolls sideways by itself on narrow screens. */
export function GridTable<Row, Key extends string = string>(props: GridTableProps<Row, Key>) {
  const { label, columns, rows, rowKey, sorting } = props
  return (
    <div className="table-scroll" role="group" aria-label={`${label}: table`} tabIndex={0}>
      <table className="grid-table" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeaderCell key={column.header} column={column} sorting={sorting} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.header} className={column.isRight ? 'right' : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

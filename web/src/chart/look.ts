/** The colours and the font of the page, for a canvas, which knows no style sheet. */
export function readLook(box: HTMLElement) {
  const style = getComputedStyle(box)
  const pen = document.createElement('canvas').getContext('2d')
  // A canvas writes every opaque colour as #rrggbb, which the chart can make transparent.
  const colour = (name: string): string => {
    const text = style.getPropertyValue(name).trim()
    if (!pen) return text
    pen.fillStyle = text
    return pen.fillStyle
  }
  return {
    up: colour('--up'),
    down: colour('--down'),
    text: colour('--mantine-color-dimmed'),
    strong: colour('--mantine-color-text'),
    line: colour('--line'),
    paper: colour('--mantine-color-body'),
    accent: colour('--mantine-color-iris-5'),
    warn: colour('--warn'),
    orange: colour('--mantine-color-orange-6'),
    blue: colour('--mantine-color-blue-6'),
    grape: colour('--mantine-color-grape-6'),
    teal: colour('--mantine-color-teal-6'),
    font: style.fontFamily,
  }
}

export type Look = ReturnType<typeof readLook>

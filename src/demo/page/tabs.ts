// Tabs as the ARIA practices describe them: one is in the tab order, arrow keys go to the others.
import { byId } from './dom.ts';

/** @param onChange hears the name of the tab that is now open */
export function tabs(names: readonly string[], onChange: (name: string) => void): (name: string) => void {
  const buttons = names.map((name) => byId(`tab-${name}`));
  const open = (name: string, isFocused = false): void => {
    names.forEach((one, i) => {
      const isOpen = one === name;
      buttons[i]!.setAttribute('aria-selected', String(isOpen));
      buttons[i]!.tabIndex = isOpen ? 0 : -1;
      byId(`panel-${one}`).hidden = !isOpen;
      if (isOpen && isFocused) buttons[i]!.focus();
    });
    onChange(name);
  };
  buttons.forEach((button, i) => {
    button.addEventListener('click', () => { open(names[i]!); });
    button.addEventListener('keydown', (event) => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1 + names.length, Home: 0, End: names.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      open(names[to % names.length]!, true);
    });
  });
  return open;
}

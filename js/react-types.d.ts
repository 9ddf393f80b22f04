/** The little of React's types that `react.ts` needs; the package has no dependency, not even for its build. */
declare module "react" {
  export type ReactNode = unknown;
  export interface ReactElement { type: unknown }
  export interface Context<T> { Provider: (props: { value: T; children?: ReactNode }) => ReactNode }
  export function createContext<T>(value: T): Context<T>;
  export function createElement(type: unknown, props: object | null, ...children: ReactNode[]): ReactElement;
  export function useContext<T>(context: Context<T>): T;
  export function useEffect(effect: () => void | undefined | (() => void), deps?: unknown[]): void;
  export function useMemo<T>(make: () => T, deps: unknown[]): T;
  export function useRef<T>(initial: T): { current: T };
  export function useState<T>(initial: T | (() => T)): [T, (value: T | ((former: T) => T)) => void];
  export function useSyncExternalStore<T>(subscribe: (changed: () => void) => () => void, now: () => T, onServer?: () => T): T;
}

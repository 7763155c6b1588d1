# The dashboard behind nginx, which also proxies the API on the same origin.
FROM node:24-slim AS build
WORKDIR /app
COPY . .
RUN npm ci --no-audit --no-fund

FROM nginx:1.28-alpine
COPY ops/docker/nginx.conf /etc/nginx/nginx.conf
COPY --from=build /app/web/dist/app /usr/share/nginx/html
USER nginx
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3000/favicon.svg"]

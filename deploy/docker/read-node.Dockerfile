# syntax=docker/dockerfile:1
# From the root of the repository: docker build -f deploy/docker/read-node.Dockerfile -t heureka/read-node .

FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
ENV GOCACHE=/cache
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/cache \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags='-s -w' -o /out/read-node ./read-node

FROM gcr.io/distroless/static-debian13:nonroot
COPY --from=build /out/read-node /read-node
# service, admin
EXPOSE 8761 8861
USER 65532:65532
ENTRYPOINT ["/read-node"]
